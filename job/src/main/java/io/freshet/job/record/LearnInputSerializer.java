package io.freshet.job.record;

import io.freshet.job.serialization.ValueSerializer;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes inputs of the learner between tasks. */
public final class LearnInputSerializer extends ValueSerializer<LearnInput> {
    private static final long serialVersionUID = 1;

    private final KeyedSampleSerializer samples = new KeyedSampleSerializer();

    public static TypeInformation<LearnInput> type() {
        return typeInformation(LearnInput.class, new LearnInputSerializer());
    }

    @Override
    public void serialize(LearnInput input, DataOutputView out) throws IOException {
        out.writeBoolean(input instanceof SpecChange);
        if (input instanceof KeyedSample sample) {
            samples.serialize(sample, out);
        } else {
            ((SpecChange) input).write(out);
        }
    }

    @Override
    public LearnInput deserialize(DataInputView in) throws IOException {
        return in.readBoolean() ? SpecChange.read(in) : samples.deserialize(in);
    }

    /** Returns a serializer with a buffer of its own, because a serializer is used by one thread at a time. */
    @Override
    public LearnInputSerializer duplicate() {
        return new LearnInputSerializer();
    }
}
