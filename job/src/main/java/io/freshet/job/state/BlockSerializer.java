package io.freshet.job.state;

import io.freshet.job.serialization.ValueSerializer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializes a block of a large model's parameters: a version byte, the length, and the little-endian floats. Blocks are never
 * changed, so a copy is the block itself.
 */
final class BlockSerializer extends ValueSerializer<float[]> {
    private static final long serialVersionUID = 1;
    private static final byte VERSION = 1;

    @Override
    public void serialize(float[] block, DataOutputView out) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(block.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(block);
        out.writeByte(VERSION);
        out.writeInt(block.length);
        out.write(bytes.array());
    }

    @Override
    public float[] deserialize(DataInputView in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException("block: version " + version + " (expected: " + VERSION + ")");
        }
        float[] block = new float[in.readInt()];
        byte[] bytes = new byte[block.length * Float.BYTES];
        in.readFully(bytes);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(block);
        return block;
    }

    @Override
    public TypeSerializerSnapshot<float[]> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Names the serializer in a checkpoint; never rename it. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<float[]> {
        public Snapshot() {
            super(BlockSerializer::new);
        }
    }
}
