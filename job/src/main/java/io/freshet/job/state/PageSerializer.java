package io.freshet.job.state;

import io.freshet.job.record.ValueSerializer;
import io.freshet.learning.learner.FieldCodec;
import io.freshet.learning.learner.FlatArrays;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Serializes a page or a block of keyed state: a version byte, the length, and the bytes. None is ever changed, so a copy is itself. */
final class PageSerializer extends ValueSerializer<byte[]> {
    private static final long serialVersionUID = 1;
    private static final byte VERSION = 1;

    @Override
    public void serialize(byte[] page, DataOutputView out) throws IOException {
        out.writeByte(VERSION);
        FlatArrays.writeBytes(page, out);
    }

    @Override
    public byte[] deserialize(DataInputView in) throws IOException {
        FieldCodec.readVersion("page", VERSION, in);
        return FlatArrays.readBytes(in);
    }

    @Override
    public TypeSerializerSnapshot<byte[]> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in a checkpoint; never rename it. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<byte[]> {
        public Snapshot() {
            super(PageSerializer::new);
        }
    }
}
