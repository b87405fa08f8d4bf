package io.freshet.schemas.snapshot;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.wire.ParameterBlock;
import io.freshet.wire.Snapshot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The newest blocks of one model key: the parameters of its last complete snapshot, and the blocks received since. Not
 * thread-safe.
 */
final class BlockAssembly {
    private final Map<Integer, ParameterBlock> newer = new HashMap<>();
    /** Parameters of the last complete snapshot. Never changed: the snapshot shares the array. */
    private float[] parameters = {};
    /** Version of each block of the last complete snapshot. */
    private long[] versions = {};

    void put(int index, ParameterBlock block) {
        newer.put(index, block);
    }

    void remove(int index) {
        newer.remove(index);
    }

    /**
     * Returns the parameters of a manifest as a new array, or null if a block is missing or has another version.
     *
     * @throws MalformedRecordException if the blocks are inconsistent with the manifest
     */
    float @Nullable [] parameters(Snapshot manifest) throws MalformedRecordException {
        int count = manifest.getParameterCount();
        boolean sameBlocks = parameters.length == count && versions.length == manifest.getBlocks();
        List<ParameterBlock> parts = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < manifest.getBlocks(); i++) {
            ParameterBlock part = newer.get(i);
            if (part != null && part.getVersion() == version(manifest, i)) {
                parts.add(part);
                bytes += part.getParameters().remaining();
            } else if (!sameBlocks || versions[i] != version(manifest, i)) {
                return null;
            }
        }
        boolean all = parts.size() == manifest.getBlocks();
        if (all) {
            // Checked before allocating: a manifest may declare far more parameters than its blocks contain.
            FloatBytes.expect(bytes, count);
        }
        float[] result = all ? new float[count] : parameters.clone();
        for (ParameterBlock part : parts) {
            fill(result, part.getStart(), part.getParameters());
        }
        return result;
    }

    /** Keeps the parameters of a manifest whose checksum was verified. */
    void confirm(Snapshot manifest, float[] confirmed) {
        parameters = confirmed;
        versions = new long[manifest.getBlocks()];
        Arrays.setAll(versions, i -> version(manifest, i));
        newer.clear();
    }

    private static long version(Snapshot manifest, int block) {
        return manifest.getBlockVersions().isEmpty()
                ? manifest.getVersion()
                : manifest.getBlockVersions().get(block);
    }

    private static void fill(float[] parameters, int start, ByteBuffer bytes) throws MalformedRecordException {
        if (start < 0 || bytes.remaining() > (parameters.length - start) * (long) Float.BYTES) {
            throw new MalformedRecordException("start: " + start + " (expected: room for " + bytes.remaining()
                    + " bytes in " + parameters.length + " parameters)");
        }
        FloatBytes.read(bytes, parameters, start);
    }
}
