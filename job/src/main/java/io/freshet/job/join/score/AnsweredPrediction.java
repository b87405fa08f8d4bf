package io.freshet.job.join.score;

import io.freshet.learning.learner.FlatArrays;
import io.freshet.learning.loss.Task;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.apache.flink.types.StringValue;
import org.jspecify.annotations.Nullable;

/**
 * What the server answered to a request.
 *
 * @param prediction the numbers of the output {@link #output}; not changed
 * @param ageMillis age of the parameters when they answered; {@link #UNKNOWN_AGE} if unknown
 * @param label of the version that answered; null if none was chosen by a label
 */
public record AnsweredPrediction(
        float[] prediction, long ageMillis, @Nullable String label) {
    public static final long UNKNOWN_AGE = -1;

    /** Returns the name of the output of an answer that holds the prediction: a number, or an array of them. */
    public static String output(Task task) {
        return switch (task) {
            case REGRESSION, NUMBER, BINARY -> "prediction";
            case MARGIN -> "score";
            case MULTICLASS, SEQUENCE, MASK -> "probabilities";
            case BOX -> "box";
        };
    }

    public void write(DataOutput out) throws IOException {
        FlatArrays.writeFloats(prediction, out);
        out.writeLong(ageMillis);
        StringValue.writeString(label, out);
    }

    public static AnsweredPrediction read(DataInput in) throws IOException {
        return new AnsweredPrediction(FlatArrays.readFloats(in), in.readLong(), StringValue.readString(in));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AnsweredPrediction that
                && Arrays.equals(prediction, that.prediction)
                && ageMillis == that.ageMillis
                && Objects.equals(label, that.label);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(prediction), ageMillis, label);
    }
}
