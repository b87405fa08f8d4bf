package io.freshet.schemas.history;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.SpecException;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireMetrics;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.spec.ModelSpecCodec;
import io.freshet.schemas.topic.ParameterKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of the history topic: of each snapshot all but its parameters, under the key {@code model/key}; and each
 * specification that was ever learned by, under {@code #spec/hash}, so that a lineage that names it can be learned again.
 * Thread-safe.
 */
public final class HistoryCodec {
    private static final String SPECIFICATION = "#spec/";

    private final SnapshotCodec snapshots;
    private final ModelSpecCodec specs = new ModelSpecCodec();

    /** @param snapshots whose memory of specifications is shared */
    public HistoryCodec(SnapshotCodec snapshots) {
        this.snapshots = snapshots;
    }

    /** Returns the record of a snapshot. */
    public KeyedBytes write(PublishedSnapshot published) {
        io.freshet.wire.Snapshot record = snapshots.record(published, 1);
        record.setParameters(ByteBuffer.allocate(0));
        record.setMoments(List.of());
        record.setBlockVersions(List.of());
        record.setBlocks(0);
        byte[] key = ParameterKey.snapshot(record.getModel(), record.getKey()).toBytes();
        return new KeyedBytes(key, snapshots.writeManifest(record));
    }

    /**
     * Returns the record of a specification.
     *
     * @param hash of it
     * @param now milliseconds since 1970, UTC
     */
    public KeyedBytes write(ModelSpec spec, String hash, long now) {
        return new KeyedBytes(
                bytes(SPECIFICATION + hash), specs.write(spec, now).value());
    }

    /** Returns the hash that the key of a specification's record names, or null if it is no such key. */
    public static @Nullable String specification(byte @Nullable [] key) {
        String text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
        return text.startsWith(SPECIFICATION) ? text.substring(SPECIFICATION.length()) : null;
    }

    /** @throws MalformedRecordException if the bytes are no specification, or one that cannot be */
    public ModelSpec readSpecification(byte[] value) throws MalformedRecordException {
        return specs.read(value);
    }

    /** @throws MalformedRecordException if the bytes are no snapshot's record */
    public HistoryEntry read(byte[] value) throws MalformedRecordException {
        io.freshet.wire.Snapshot record = snapshots.readManifest(value);
        SnapshotCodec.checkLineage(record);
        ModelSpec spec;
        try {
            spec = snapshots.spec(record.getSpec());
        } catch (SpecException e) {
            throw new MalformedRecordException("spec: " + e.getMessage());
        }
        return new HistoryEntry(
                spec,
                record.getSpecHash(),
                record.getKey(),
                record.getVersion(),
                record.getParent(),
                record.getUpdates(),
                record.getTopic(),
                SnapshotCodec.lineage(record),
                record.getChecksum(),
                record.getPublishedAt().toEpochMilli(),
                record.getFreshet(),
                record.getMetrics() == null ? null : WireMetrics.read(record.getMetrics()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
