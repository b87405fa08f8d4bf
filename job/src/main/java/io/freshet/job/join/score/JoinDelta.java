package io.freshet.job.join.score;

import io.freshet.schemas.loop.JoinCount;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;

/**
 * By how much counts of a model have changed since the last delta of a subtask. It sends one before each checkpoint barrier, so
 * that every count is exact after a failure. {@link ClosedRequest} counts what is joined, expired, and unscored.
 *
 * @param counts in the order of {@link JoinCount}; not changed
 */
public record JoinDelta(String model, long[] counts) implements ScoreInput {
    static final byte KIND = 2;

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeByte(KIND);
        StringValue.writeString(model, out);
        for (long count : counts) {
            out.writeLong(count);
        }
    }

    static JoinDelta read(String model, DataInputView in) throws IOException {
        long[] counts = new long[JoinCount.values().length];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = in.readLong();
        }
        return new JoinDelta(model, counts);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JoinDelta that && model.equals(that.model) && Arrays.equals(counts, that.counts);
    }

    @Override
    public int hashCode() {
        return model.hashCode() * 31 + Arrays.hashCode(counts);
    }
}
