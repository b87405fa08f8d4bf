package io.freshet.job.record;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Sample.Revision;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.learner.FieldCodec;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Serializes samples between the decoder and the learner, and buffered samples in state. The first byte is a version. Every
 * version written by a release stays readable.
 */
public final class KeyedSampleSerializer extends ValueSerializer<KeyedSample> {
    private static final long serialVersionUID = 1;
    private static final byte VERSION = 1;

    private final NumberArrays numbers = new NumberArrays();

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
        numbers.writeFloats(sample.values(), out);
        writeFloats(sample.label(), out);
        out.writeFloat(sample.weight());
        out.writeBoolean(sample.holdout());
        out.writeInt(sample.partition());
        out.writeLong(sample.offset());
        out.writeLong(sample.eventTime());
        out.writeInt(sample.epoch());
        FieldCodec.writeOptional(keyed.id(), SampleIdSerializer::write, out);
        FieldCodec.writeOptional(sample.revision(), KeyedSampleSerializer::writeRevision, out);
    }

    @Override
    public KeyedSample deserialize(DataInputView in) throws IOException {
        FieldCodec.readVersion("sample", VERSION, in);
        String modelKey = StringValue.readString(in);
        long spec = in.readLong();
        double[] numeric = new double[in.readInt()];
        for (int i = 0; i < numeric.length; i++) {
            numeric[i] = in.readDouble();
        }
        float[] dense = numbers.readFloats(in, in.readInt());
        int[] rows = numbers.readInts(in, in.readInt());
        int[] ends = numbers.readInts(in, in.readInt());
        float[] values = numbers.readFloats(in, rows.length);
        float[] label = numbers.readFloats(in, in.readInt());
        float weight = in.readFloat();
        boolean holdout = in.readBoolean();
        Sample.Position position = new Sample.Position(in.readInt(), in.readLong(), in.readLong(), in.readInt());
        SampleId id = FieldCodec.readOptional(SampleIdSerializer::read, in);
        Revision revision = FieldCodec.readOptional(KeyedSampleSerializer::readRevision, in);
        Sample.Features features = new Sample.Features(numeric, dense, rows, ends, values);
        Sample sample = new Sample(features, label, weight, holdout, position, revision);
        return new KeyedSample(modelKey, spec, sample, id);
    }

    private static void writeRevision(Revision revision, DataOutput out) throws IOException {
        out.writeByte(revision.stage().number());
        SampleIdSerializer.write(revision.id(), out);
        out.writeFloat(revision.previous());
    }

    private static Revision readRevision(DataInput in) throws IOException {
        return new Revision(FieldCodec.readStage(in), SampleIdSerializer.read(in), in.readFloat());
    }

    private void writeFloats(float[] values, DataOutputView out) throws IOException {
        out.writeInt(values.length);
        numbers.writeFloats(values, out);
    }

    private void writeInts(int[] values, DataOutputView out) throws IOException {
        out.writeInt(values.length);
        numbers.writeInts(values, out);
    }

    /** Returns a serializer with a buffer of its own, because a serializer is used by one thread at a time. */
    @Override
    public KeyedSampleSerializer duplicate() {
        return new KeyedSampleSerializer();
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
