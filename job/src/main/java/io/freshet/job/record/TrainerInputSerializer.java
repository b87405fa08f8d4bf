package io.freshet.job.record;

import io.freshet.job.serialization.ValueSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes inputs of the decoder if the user disables chaining. Otherwise they stay within a task. */
public final class TrainerInputSerializer extends ValueSerializer<TrainerInput> {
    private static final long serialVersionUID = 1;

    private final SourceRecordSerializer records = new SourceRecordSerializer();

    public static TypeInformation<TrainerInput> type() {
        return typeInformation(TrainerInput.class, new TrainerInputSerializer());
    }

    @Override
    public void serialize(TrainerInput input, DataOutputView out) throws IOException {
        out.writeBoolean(input instanceof SpecChange);
        if (input instanceof SourceRecord record) {
            records.serialize(record, out);
        } else {
            ((SpecChange) input).write(out);
        }
    }

    @Override
    public TrainerInput deserialize(DataInputView in) throws IOException {
        return in.readBoolean() ? SpecChange.read(in) : records.deserialize(in);
    }
}
