package io.freshet.job.join.score;

import io.freshet.job.record.EdgeSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * What the join of a model reports to the operator that counts and scores. Each subtask of the join sends {@link JoinApplied}
 * before anything else of a model. Crosses edges of the job graph, and is never part of a checkpoint.
 */
public sealed interface ScoreInput extends EdgeSerializer.Value
        permits JoinApplied, JoinRemoved, JoinDelta, ClosedRequest {
    TypeInformation<ScoreInput> TYPE = EdgeSerializer.type(ScoreInput.class, ScoreInput::read);

    /** Returns the name of the model. */
    String model();

    /** Writes the kind of the input, the model, and then the input. */
    @Override
    void write(DataOutputView out) throws IOException;

    static ScoreInput read(DataInputView in) throws IOException {
        byte kind = in.readByte();
        String model = StringValue.readString(in);
        return switch (kind) {
            case JoinApplied.KIND -> new JoinApplied(model, StringValue.readString(in));
            case JoinRemoved.KIND -> new JoinRemoved(model);
            case JoinDelta.KIND -> JoinDelta.read(model, in);
            case ClosedRequest.KIND -> ClosedRequest.read(model, in);
            default -> throw new IOException("input of scores: kind " + kind + " (expected: 0 to 3)");
        };
    }
}
