package io.freshet.job.join.score;

import java.io.IOException;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/** A model was deleted, or no longer has a join. */
public record JoinRemoved(String model) implements ScoreInput {
    static final byte KIND = 1;

    @Override
    public void write(DataOutputView out) throws IOException {
        out.writeByte(KIND);
        StringValue.writeString(model, out);
    }
}
