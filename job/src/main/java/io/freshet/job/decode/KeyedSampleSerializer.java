package io.freshet.job.decode;

import io.freshet.job.serialization.ValueSerializer;
import io.freshet.learning.features.Sample;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Moves samples from the decoder to the learner, and keeps those in state that wait for their specification. Starts
 * with a version byte; every version ever written stays readable.
 */
public final class KeyedSampleSerializer extends ValueSerializer<KeyedSample> {
    private static final long serialVersionUID = 1;
    private static final byte VERSION = 1;

    public static TypeInformation<KeyedSample> type() {
        return typeInformation(KeyedSample.class, new KeyedSampleSerializer());
    }

    @Override
    public void serialize(KeyedSample keyed, DataOutputView out) throws IOException {
        Sample sample = keyed.sample();
        out.writeByte(VERSION);
        StringValue.writeString(keyed.address(), out);
        out.writeLong(keyed.spec());
        out.writeInt(sample.numeric().length);
        for (double x : sample.numeric()) {
            out.writeDouble(x);
        }
        out.writeInt(sample.rows().length);
        for (int row : sample.rows()) {
            out.writeInt(row);
        }
        for (float value : sample.values()) {
            out.writeFloat(value);
        }
        out.writeFloat(sample.label());
        out.writeFloat(sample.weight());
        out.writeInt(sample.partition());
        out.writeLong(sample.offset());
        out.writeLong(sample.eventTime());
    }

    @Override
    public KeyedSample deserialize(DataInputView in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException("sample: version " + version + " (expected: 1 to " + VERSION + ")");
        }
        String address = StringValue.readString(in);
        long spec = in.readLong();
        double[] numeric = new double[in.readInt()];
        for (int i = 0; i < numeric.length; i++) {
            numeric[i] = in.readDouble();
        }
        int[] rows = new int[in.readInt()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = in.readInt();
        }
        float[] values = new float[rows.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readFloat();
        }
        Sample sample = new Sample(
                numeric, rows, values, in.readFloat(), in.readFloat(), in.readInt(), in.readLong(), in.readLong());
        return new KeyedSample(address, spec, sample);
    }

    @Override
    public TypeSerializerSnapshot<KeyedSample> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in a checkpoint; never rename it. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<KeyedSample> {
        public Snapshot() {
            super(KeyedSampleSerializer::new);
        }
    }
}
