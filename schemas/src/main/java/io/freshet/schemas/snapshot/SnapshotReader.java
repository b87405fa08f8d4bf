package io.freshet.schemas.snapshot;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.topic.ParameterKey;
import io.freshet.wire.ParameterBlock;
import io.freshet.wire.Snapshot;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts snapshots together from the records of one parameters topic, read in their order.
 *
 * <p>Blocks come before their manifest in one partition, and a manifest may rest on blocks of the snapshots before it. One
 * whose blocks are not all known, of the versions that it lists and with its checksum, yields nothing, and the reader goes
 * on to the next. So reading may start anywhere: from the beginning of a compacted topic the newest snapshot is reached, from
 * another place at the latest the next one that is sent with all its blocks. Of each large model the reader keeps the last
 * whole snapshot, and the blocks that came since. Not thread-safe.
 */
public final class SnapshotReader {
    private final SnapshotCodec codec = new SnapshotCodec();
    /** Of large models, by address. */
    private final Map<String, BlockAssembly> assemblies = new HashMap<>();

    /**
     * What a record brought.
     *
     * @param key of the model
     * @param snapshot the newest, or null if the model was deleted
     */
    public record Change(ParameterKey key, @Nullable PublishedSnapshot snapshot) {}

    /**
     * Takes in a record.
     *
     * @param value null for a tombstone
     * @return what changed, or null if nothing did yet
     * @throws MalformedRecordException if the record is not of the contract or fails its checksum; the reader can go on
     */
    public @Nullable Change read(byte @Nullable [] key, byte @Nullable [] value) throws MalformedRecordException {
        ParameterKey parsed = ParameterKey.parse(key);
        if (parsed.block() != ParameterKey.SNAPSHOT) {
            readBlock(parsed, value);
            return null;
        }
        if (value == null) {
            assemblies.remove(parsed.address());
            return new Change(parsed, null);
        }
        PublishedSnapshot snapshot = readManifest(parsed, codec.readManifest(value));
        return snapshot == null ? null : new Change(parsed, snapshot);
    }

    private void readBlock(ParameterKey key, byte @Nullable [] value) throws MalformedRecordException {
        if (value != null) {
            ParameterBlock block = codec.readBlock(value);
            assemblies
                    .computeIfAbsent(key.address(), address -> new BlockAssembly())
                    .put(key.block(), block);
        } else if (assemblies.containsKey(key.address())) {
            assemblies.get(key.address()).remove(key.block());
        }
    }

    private @Nullable PublishedSnapshot readManifest(ParameterKey key, Snapshot manifest)
            throws MalformedRecordException {
        expect("model", manifest.getModel(), key.model());
        expect("key", manifest.getKey(), key.key());
        BlockAssembly blocks = assemblies.getOrDefault(key.address(), new BlockAssembly());
        PublishedSnapshot published = codec.assemble(manifest, blocks);
        if (published != null && manifest.getBlocks() == 0) {
            assemblies.remove(key.address());
        } else if (published != null) {
            blocks.confirm(manifest, published.snapshot().parameters());
        }
        return published;
    }

    private static void expect(String field, String value, String keyed) throws MalformedRecordException {
        if (!value.equals(keyed)) {
            throw new MalformedRecordException(field + ": " + value + " (expected: " + keyed + ")");
        }
    }
}
