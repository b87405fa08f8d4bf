package io.freshet.job.join.score;

import io.freshet.job.serialization.ValueSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes what the join reports for the task that counts and scores. */
public final class ScoreInputSerializer extends ValueSerializer<ScoreInput> {
    private static final long serialVersionUID = 1;

    public static TypeInformation<ScoreInput> type() {
        return typeInformation(ScoreInput.class, new ScoreInputSerializer());
    }

    @Override
    public void serialize(ScoreInput input, DataOutputView out) throws IOException {
        input.write(out);
    }

    @Override
    public ScoreInput deserialize(DataInputView in) throws IOException {
        return ScoreInput.read(in);
    }
}
