package io.freshet.schemas.snapshot;

import io.freshet.learning.model.Parameters;
import io.freshet.learning.model.StateLayout;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.wire.ParameterBlock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest blocks of one model key: the parameters of its last complete snapshot, and the blocks received since. A
 * snapshot of a table shares the blocks that did not change with the one before, so it costs what changed. Not
 * thread-safe.
 */
final class BlockAssembly {
    private final Map<Integer, ParameterBlock> newer = new HashMap<>();
    private Assembled last = new Assembled(Parameters.none(), List.of());

    /**
     * Parameters and their blocks.
     *
     * @param parameters shared with the snapshot
     * @param blocks in order
     */
    record Assembled(Parameters parameters, List<Block> blocks) {
        long checksum() {
            return BlockChecksum.combine(blocks.stream().map(Block::checksum).toList());
        }
    }

    /** @param version of the block, of which there is only one with its index */
    private record Block(long version, BlockChecksum checksum) {}

    void put(int index, ParameterBlock block) {
        newer.put(index, block);
    }

    void remove(int index) {
        newer.remove(index);
    }

    /**
     * Returns the parameters that a record itself contains.
     *
     * @throws MalformedRecordException unless it contains exactly its number of parameters
     */
    static Assembled whole(Manifest record) throws MalformedRecordException {
        ByteBuffer bytes = record.parameters();
        // Checked before allocating: a record may declare far more parameters than it contains.
        FloatBytes.expect(bytes.remaining(), record.parameterCount());
        float[] parameters = new float[record.parameterCount()];
        FloatBytes.read(bytes, parameters, 0);
        Block only = new Block(record.version(), BlockChecksum.of(bytes));
        return new Assembled(Parameters.of(parameters), List.of(only));
    }

    /**
     * Returns the parameters of a manifest, or null if a block is missing or has another version.
     *
     * @param layout of the parameters, by row if they may be in blocks
     * @throws MalformedRecordException if the blocks are inconsistent with the manifest
     */
    @Nullable Assembled assemble(Manifest manifest, StateLayout layout) throws MalformedRecordException {
        int count = manifest.parameterCount();
        boolean sameBlocks = last.parameters.length() == count && last.blocks.size() == manifest.blocks();
        List<@Nullable ParameterBlock> received = new ArrayList<>();
        List<Block> blocks = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < manifest.blocks(); i++) {
            long version = version(manifest, i);
            ParameterBlock part = newer.get(i);
            if (part != null && part.getVersion() == version) {
                expectStart(part, bytes / Float.BYTES);
                received.add(part);
                blocks.add(new Block(version, BlockChecksum.of(part.getParameters())));
            } else if (sameBlocks && last.blocks.get(i).version == version) {
                received.add(null);
                blocks.add(last.blocks.get(i));
            } else {
                return null;
            }
            bytes += blocks.get(i).checksum.bytes();
        }
        FloatBytes.expect(bytes, count);
        boolean split = layout.byRow()
                && hasBlocksOf(layout, blocks)
                && (last.parameters.isSplit() || !received.contains(null));
        return new Assembled(split ? split(layout, received) : joined(count, blocks, received), blocks);
    }

    /** Keeps the parameters of a manifest whose checksum was verified. */
    void confirm(Assembled assembled) {
        last = assembled;
        newer.clear();
    }

    private Parameters split(StateLayout layout, List<@Nullable ParameterBlock> received) {
        float[][] arrays = new float[received.size()][];
        for (int i = 0; i < arrays.length; i++) {
            ParameterBlock part = received.get(i);
            if (part == null) {
                arrays[i] = last.parameters.block(i);
            } else {
                arrays[i] = new float[part.getParameters().remaining() / Float.BYTES];
                FloatBytes.read(part.getParameters(), arrays[i], 0);
            }
        }
        return Parameters.ofTable(layout, arrays);
    }

    private Parameters joined(int count, List<Block> blocks, List<@Nullable ParameterBlock> received) {
        float[] all = received.contains(null) ? last.parameters.toArray().clone() : new float[count];
        int start = 0;
        for (int i = 0; i < blocks.size(); i++) {
            ParameterBlock part = received.get(i);
            if (part != null) {
                FloatBytes.read(part.getParameters(), all, start);
            }
            start += blocks.get(i).checksum.bytes() / Float.BYTES;
        }
        return Parameters.of(all);
    }

    private static boolean hasBlocksOf(StateLayout layout, List<Block> blocks) {
        boolean same = layout.blocks() == blocks.size() && layout.blocks() > 1;
        for (int i = 0; same && i < blocks.size(); i++) {
            same = blocks.get(i).checksum.bytes() == (layout.blockEnd(i) - layout.blockStart(i)) * Float.BYTES;
        }
        return same;
    }

    private static void expectStart(ParameterBlock part, long start) throws MalformedRecordException {
        if (part.getStart() != start || part.getParameters().remaining() % Float.BYTES != 0) {
            throw new MalformedRecordException("block " + part.getIndex() + ": "
                    + part.getParameters().remaining() + " bytes from parameter " + part.getStart()
                    + " (expected: whole parameters from " + start + ")");
        }
    }

    private static long version(Manifest manifest, int block) {
        return manifest.blockVersions().length == 0 ? manifest.version() : manifest.blockVersions()[block];
    }
}
