package io.freshet.job.join.score;

import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.spec.JoinSpec;
import io.freshet.learning.spec.ModelSpec;
import java.io.DataInput;
import java.io.IOException;
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
        FieldCodec.writeOptional(label, (number, to) -> to.writeDouble(number), out);
        out.writeLong(delayMillis);
        FieldCodec.writeOptional(answer, AnsweredPrediction::write, out);
        out.writeInt(shape);
        FieldCodec.write(slices, StringValue::writeString, out);
    }

    static ClosedRequest read(String model, DataInputView in) throws IOException {
        return new ClosedRequest(
                model,
                FieldCodec.readOptional(DataInput::readDouble, in),
                in.readLong(),
                FieldCodec.readOptional(AnsweredPrediction::read, in),
                in.readInt(),
                FieldCodec.read(StringValue::readString, in));
    }
}
