package io.freshet.job.record;

import io.freshet.learning.features.SampleId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializes a sample's id as 16 bytes, without a version byte: ids are numerous, and Flink cannot migrate the keys of a map.
 */
public final class SampleIdSerializer extends ValueSerializer<SampleId> {
    private static final long serialVersionUID = 1;

    static void write(SampleId id, DataOutput out) throws IOException {
        out.writeLong(id.high());
        out.writeLong(id.low());
    }

    static SampleId read(DataInput in) throws IOException {
        return new SampleId(in.readLong(), in.readLong());
    }

    @Override
    public void serialize(SampleId id, DataOutputView out) throws IOException {
        write(id, out);
    }

    @Override
    public SampleId deserialize(DataInputView in) throws IOException {
        return read(in);
    }

    @Override
    public TypeSerializerSnapshot<SampleId> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in a checkpoint; never rename it. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<SampleId> {
        public Snapshot() {
            super(SampleIdSerializer::new);
        }
    }
}
