package io.freshet.job.join.score;

import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * A subtask of the join uses this specification from now on. Repeating it changes nothing.
 *
 * @param yaml the effective specification, which has a join
 */
public record JoinApplied(String model, String yaml) implements ScoreInput {
    static final byte KIND = 0;

    public static JoinApplied of(ModelSpec spec) {
        return new JoinApplied(spec.name(), spec.toYaml());
    }

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeByte(KIND);
        StringValue.writeString(model, out);
        StringValue.writeString(yaml, out);
    }
}
