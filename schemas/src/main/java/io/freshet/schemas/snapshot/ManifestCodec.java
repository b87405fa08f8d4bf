package io.freshet.schemas.snapshot;

import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
import io.freshet.schemas.avro.WireMetrics;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Reads and writes {@code Snapshot} records: complete small snapshots, and manifests of large ones. Thread-safe. */
public final class ManifestCodec {
    private final WireFormat<io.freshet.wire.Snapshot> format =
            new WireFormat<>(io.freshet.wire.Snapshot.getClassSchema(), List.of());
    private final SpecCache specs;

    ManifestCodec(SpecCache specs) {
        this.specs = specs;
    }

    /**
     * Returns the record of a snapshot.
     *
     * @param blocks number of blocks with the parameters; 0 to store the parameters in the record itself
     */
    public io.freshet.wire.Snapshot record(PublishedSnapshot published, int blocks) {
        Snapshot snapshot = published.snapshot();
        float[] parameters = snapshot.parameters();
        io.freshet.wire.Snapshot.Builder record = io.freshet.wire.Snapshot.newBuilder()
                .setModel(snapshot.spec().name())
                .setKey(snapshot.key())
                .setVersion(snapshot.version())
                .setUpdates(snapshot.updates())
                .setSpec(specs.text(snapshot.spec()).yaml())
                .setSpecHash(published.specHash())
                .setTopic(published.topic())
                .setMoments(Arrays.stream(snapshot.moments()).boxed().toList())
                .setParameterCount(parameters.length)
                .setParameters(
                        blocks == 0 ? FloatBytes.write(parameters, 0, parameters.length) : ByteBuffer.allocate(0))
                .setBlocks(blocks)
                .setChecksum(published.checksum())
                .setPublishedAt(Instant.ofEpochMilli(published.publishedAt()))
                .setFreshet(published.freshet())
                .setMetrics(snapshot.metrics() == null ? null : WireMetrics.write(snapshot.metrics()))
                .setParent(published.parent())
                .setBlockVersions(
                        Arrays.stream(snapshot.blockVersions()).boxed().toList());
        WireLineage.write(snapshot.lineage(), record);
        return record.build();
    }

    public byte[] write(io.freshet.wire.Snapshot record) {
        return format.write(record);
    }

    public io.freshet.wire.Snapshot read(byte[] value) throws MalformedRecordException {
        return format.read(value);
    }

    /** @throws MalformedRecordException if the specification is invalid */
    public ModelSpec spec(io.freshet.wire.Snapshot record) throws MalformedRecordException {
        return specs.parse(record.getSpec());
    }

    /** @throws MalformedRecordException if there is not one offset for each partition, or the order is invalid */
    public static Lineage lineage(io.freshet.wire.Snapshot record) throws MalformedRecordException {
        return WireLineage.read(record);
    }

    public static Publication publication(io.freshet.wire.Snapshot record) {
        return new Publication(
                record.getSpecHash(),
                record.getChecksum(),
                record.getParent(),
                record.getTopic(),
                record.getPublishedAt().toEpochMilli(),
                record.getFreshet());
    }
}
