package io.freshet.schemas;

import io.freshet.wire.ParameterBlock;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts snapshots together from the records of the parameters topic, read in their order.
 *
 * <p>Blocks come before their manifest in one partition; a manifest whose blocks are not all there, of its version and
 * with its checksum, yields nothing, and the reader goes on to the next. Not thread-safe.
 */
public final class SnapshotReader {
    private final SnapshotCodec codec = new SnapshotCodec();
    private final Map<ParameterKey, ParameterBlock> blocks = new HashMap<>();

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
            if (value == null) {
                blocks.remove(parsed);
            } else {
                blocks.put(parsed, codec.readBlock(value));
            }
            return null;
        }
        if (value == null) {
            return new Change(parsed, null);
        }
        io.freshet.wire.Snapshot manifest = codec.readManifest(value);
        expect("model", manifest.getModel(), parsed.model());
        expect("key", manifest.getKey(), parsed.key());
        try {
            PublishedSnapshot snapshot = codec.assemble(
                    manifest, index -> blocks.get(ParameterKey.block(parsed.model(), parsed.key(), index)));
            return snapshot == null ? null : new Change(parsed, snapshot);
        } finally {
            // What came before this manifest belongs to no later one.
            blocks.keySet().removeIf(block -> block.address().equals(parsed.address()));
        }
    }

    private static void expect(String field, String value, String keyed) throws MalformedRecordException {
        if (!value.equals(keyed)) {
            throw new MalformedRecordException(field + ": " + value + " (expected: " + keyed + ")");
        }
    }
}
