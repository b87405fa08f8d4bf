package io.freshet.job.state;

import io.freshet.learning.model.Weights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;

/**
 * The large arrays of the current key in keyed state, block by block, as little-endian floats, so that no stored value is larger than a block, and a
 * checkpoint contains the changed blocks only. A key has several such arrays, its parts.
 */
final class BlockStore {
    /** The value of {@code since} for a part that has never been written. */
    static final long NEVER = -1;

    /** A part and its blocks: more than a part of 2^28 parameters has. */
    private static final int PART_SHIFT = 24;

    private final MapState<Integer, byte[]> blocks;

    BlockStore(KeyedStateStore store) {
        blocks = store.getMapState(new MapStateDescriptor<>("blocks", IntSerializer.INSTANCE, new PageSerializer()));
    }

    /** Reads a part into weights of its layout. */
    Weights read(int part, Weights into) throws Exception {
        for (int block = 0; block < into.layout().blocks(); block++) {
            into.setBlock(block, floats(blocks.get(key(part, block))));
        }
        return into;
    }

    /**
     * Writes the changed blocks of a part: those of version {@code since} too, which may have changed again without another
     * sample.
     *
     * @param versions of the blocks
     * @param since version of the last write, or {@link #NEVER}
     */
    void write(int part, Weights weights, long[] versions, long since) throws Exception {
        for (int block = 0; block < versions.length; block++) {
            if (versions[block] >= since) {
                blocks.put(key(part, block), bytes(weights.block(block)));
            }
        }
    }

    /** Removes the blocks of a part. */
    void remove(int part, int count) throws Exception {
        for (int block = 0; block < count; block++) {
            blocks.remove(key(part, block));
        }
    }

    /** Removes all parts. */
    void clear() {
        blocks.clear();
    }

    private static int key(int part, int block) {
        return part << PART_SHIFT | block;
    }

    private static byte[] bytes(float[] block) {
        ByteBuffer bytes = ByteBuffer.allocate(block.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(block);
        return bytes.array();
    }

    private static float[] floats(byte[] bytes) {
        float[] block = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(block);
        return block;
    }
}
