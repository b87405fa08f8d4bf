package io.freshet.schemas.snapshot;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.wire.ParameterBlock;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Assembles snapshots from the records of one parameters topic, read in order.
 *
 * <p>Blocks precede their manifest in one partition, and a manifest may refer to blocks of earlier snapshots. If a block is
 * missing or has another version than the manifest lists, the manifest is skipped. So reading may start at any offset. From the
 * beginning of a compacted topic, the reader reaches the newest snapshot; from elsewhere, at the latest the next snapshot sent
 * with all its blocks. For each large model key, the reader keeps the last complete snapshot and the blocks received since. Not
 * thread-safe.
 */
public final class SnapshotReader {
    private final SnapshotCodec codec = new SnapshotCodec();
    private final SnapshotAssembler assembler = new SnapshotAssembler(codec.manifests());
    /** Blocks of large models, by model key. */
    private final Map<String, BlockAssembly> assemblies = new HashMap<>();

    /**
     * A new snapshot, or a deletion.
     *
     * @param key of the model
     * @param snapshot null if the model key was deleted
     */
    public record Change(ParameterKey key, @Nullable PublishedSnapshot snapshot) {}

    /**
     * Reads the next record.
     *
     * @param value null for a tombstone
     * @return the change that this record completes, or null
     * @throws MalformedRecordException if the record is malformed or fails its checksum; the reader can continue
     */
    public @Nullable Change read(byte @Nullable [] key, byte @Nullable [] value) throws MalformedRecordException {
        ParameterKey parsed = ParameterKey.parse(key);
        if (parsed.block() != ParameterKey.SNAPSHOT) {
            readBlock(parsed, value);
            return null;
        }
        if (value == null) {
            assemblies.remove(parsed.modelKey());
            return new Change(parsed, null);
        }
        PublishedSnapshot snapshot = readManifest(parsed, codec.manifests().read(value));
        return snapshot == null ? null : new Change(parsed, snapshot);
    }

    private void readBlock(ParameterKey key, byte @Nullable [] value) throws MalformedRecordException {
        if (value != null) {
            ParameterBlock block = codec.readBlock(value);
            assemblies
                    .computeIfAbsent(key.modelKey(), modelKey -> new BlockAssembly())
                    .put(key.block(), block);
        } else if (assemblies.containsKey(key.modelKey())) {
            assemblies.get(key.modelKey()).remove(key.block());
        }
    }

    private @Nullable PublishedSnapshot readManifest(ParameterKey key, Manifest manifest)
            throws MalformedRecordException {
        expect("model", manifest.model(), key.model());
        expect("key", manifest.key(), key.key());
        BlockAssembly blocks = assemblies.getOrDefault(key.modelKey(), new BlockAssembly());
        PublishedSnapshot published = assembler.assemble(manifest, blocks);
        if (published != null && manifest.blocks() == 0) {
            assemblies.remove(key.modelKey());
        }
        return published;
    }

    private static void expect(String field, String value, String keyed) throws MalformedRecordException {
        if (!value.equals(keyed)) {
            throw new MalformedRecordException(field + ": " + value + " (expected: " + keyed + ")");
        }
    }
}
