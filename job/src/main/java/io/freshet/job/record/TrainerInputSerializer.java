package io.freshet.job.record;

import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes inputs of the learner between tasks, and those of the decoder if the user disables chaining. */
public final class TrainerInputSerializer extends ValueSerializer<TrainerInput> {
    private static final long serialVersionUID = 1;
    private static final byte SAMPLE = 0;
    private static final byte CHANGE = 1;
    private static final byte RECORD = 2;

    private final KeyedSampleSerializer samples = new KeyedSampleSerializer();

    public static TypeInformation<TrainerInput> type() {
        return typeInformation(TrainerInput.class, new TrainerInputSerializer());
    }

    @Override
    public void serialize(TrainerInput input, DataOutputView out) throws IOException {
        if (input instanceof KeyedSample sample) {
            out.writeByte(SAMPLE);
            samples.serialize(sample, out);
        } else if (input instanceof SpecChange change) {
            out.writeByte(CHANGE);
            change.write(out);
        } else {
            out.writeByte(RECORD);
            ((SourceRecord) input).write(out);
        }
    }

    @Override
    public TrainerInput deserialize(DataInputView in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case SAMPLE -> samples.deserialize(in);
            case CHANGE -> SpecChange.read(in);
            case RECORD -> SourceRecord.read(in);
            default -> throw new IOException("input of the trainer: kind " + kind + " (expected: 0 to 2)");
        };
    }

    /** Returns a serializer with a buffer of its own, because a serializer is used by one thread at a time. */
    @Override
    public TrainerInputSerializer duplicate() {
        return new TrainerInputSerializer();
    }
}
