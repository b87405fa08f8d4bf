package io.freshet.job.record;

import io.freshet.job.serialization.ValueSerializer;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.SampleId;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Serializes samples between the decoder and the learner, and buffered samples in state. The first byte is a version. Every
 * version written by a release stays readable. No release wrote version 1, so it is refused.
 */
public final class KeyedSampleSerializer extends ValueSerializer<KeyedSample> {
    private static final long serialVersionUID = 1;
    private static final byte VERSION = 2;

    public static TypeInformation<KeyedSample> type() {
        return typeInformation(KeyedSample.class, new KeyedSampleSerializer());
    }

    @Override
    public void serialize(KeyedSample keyed, DataOutputView out) throws IOException {
        Sample sample = keyed.sample();
        out.writeByte(VERSION);
        StringValue.writeString(keyed.modelKey(), out);
        out.writeLong(keyed.spec());
        out.writeInt(sample.numeric().length);
        for (double x : sample.numeric()) {
            out.writeDouble(x);
        }
        writeFloats(sample.dense(), out);
        writeInts(sample.rows(), out);
        writeInts(sample.ends(), out);
        for (float value : sample.values()) {
            out.writeFloat(value);
        }
        writeFloats(sample.label(), out);
        out.writeFloat(sample.weight());
        out.writeBoolean(sample.holdout());
        out.writeInt(sample.partition());
        out.writeLong(sample.offset());
        out.writeLong(sample.eventTime());
        out.writeInt(sample.epoch());
        SampleId id = keyed.id();
        out.writeBoolean(id != null);
        if (id != null) {
            SampleIdSerializer.write(id, out);
        }
    }

    @Override
    public KeyedSample deserialize(DataInputView in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException("sample: version " + version + " (expected: " + VERSION + ")");
        }
        String modelKey = StringValue.readString(in);
        long spec = in.readLong();
        double[] numeric = new double[in.readInt()];
        for (int i = 0; i < numeric.length; i++) {
            numeric[i] = in.readDouble();
        }
        float[] dense = readFloats(in, in.readInt());
        int[] rows = readInts(in);
        int[] ends = readInts(in);
        float[] values = readFloats(in, rows.length);
        float[] label = readFloats(in, in.readInt());
        Sample sample = new Sample(
                new Sample.Features(numeric, dense, rows, ends, values),
                label,
                in.readFloat(),
                in.readBoolean(),
                new Sample.Position(in.readInt(), in.readLong(), in.readLong(), in.readInt()));
        return new KeyedSample(modelKey, spec, sample, in.readBoolean() ? SampleIdSerializer.read(in) : null);
    }

    private static void writeFloats(float[] numbers, DataOutputView out) throws IOException {
        out.writeInt(numbers.length);
        for (float number : numbers) {
            out.writeFloat(number);
        }
    }

    private static float[] readFloats(DataInputView in, int length) throws IOException {
        float[] numbers = new float[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = in.readFloat();
        }
        return numbers;
    }

    private static void writeInts(int[] numbers, DataOutputView out) throws IOException {
        out.writeInt(numbers.length);
        for (int number : numbers) {
            out.writeInt(number);
        }
    }

    private static int[] readInts(DataInputView in) throws IOException {
        int[] numbers = new int[in.readInt()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = in.readInt();
        }
        return numbers;
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
