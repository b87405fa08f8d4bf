package io.freshet.job.join.score;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.stream.JoinSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;

/**
 * A request whose attribution has ended, sent once.
 *
 * @param label its final label, a number or the number of a class; null if it has none
 * @param delayMillis from the request to its first outcome that counts; {@link #NO_OUTCOME} without one
 * @param answer null if the request has no prediction
 * @param shape {@link #shape} of the specification by which label, answer, and slices were read
 * @param slices text of each field in {@code join.slices}, in that order, or null; a number as it is written
 */
public record ClosedRequest(
        String model,
        @Nullable Double label,
        long delayMillis,
        @Nullable AnsweredPrediction answer,
        int shape,
        List<@Nullable String> slices)
        implements ScoreInput {
    public static final long NO_OUTCOME = -1;

    static final byte KIND = 3;

    /** Returns a hash of what scores must have in common to be added, the same in every process. */
    public static int shape(ModelSpec spec) {
        JoinSpec join = Objects.requireNonNull(spec.join());
        return 31 * spec.outcomeHash().hashCode() + join.slices().hashCode();
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeByte(KIND);
        StringValue.writeString(model, out);
        out.writeBoolean(label != null);
        if (label != null) {
            out.writeDouble(label);
        }
        out.writeLong(delayMillis);
        out.writeBoolean(answer != null);
        if (answer != null) {
            answer.write(out);
        }
        out.writeInt(shape);
        out.writeByte(slices.size());
        for (String value : slices) {
            StringValue.writeString(value, out);
        }
    }

    static ClosedRequest read(String model, DataInputView in) throws IOException {
        Double label = in.readBoolean() ? (Double) in.readDouble() : null;
        long delayMillis = in.readLong();
        AnsweredPrediction answer = in.readBoolean() ? AnsweredPrediction.read(in) : null;
        int shape = in.readInt();
        int count = in.readUnsignedByte();
        List<@Nullable String> slices = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            slices.add(StringValue.readString(in));
        }
        return new ClosedRequest(model, label, delayMillis, answer, shape, slices);
    }
}
