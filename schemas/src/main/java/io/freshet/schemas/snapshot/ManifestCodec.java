package io.freshet.schemas.snapshot;

import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.AvroBuffer;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireFormat;
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
    AvroBuffer encode(PublishedSnapshot published, int blocks) {
        return SnapshotEncoder.write(
                published, specs.text(published.snapshot().spec()).yaml(), blocks);
    }

    /** Returns the record of a snapshot without its parameters, moments, and blocks. */
    public byte[] writeHistory(PublishedSnapshot published) {
        return SnapshotEncoder.writeHistory(
                        published, specs.text(published.snapshot().spec()).yaml())
                .toArray();
    }

    public io.freshet.wire.Snapshot read(byte[] value) throws MalformedRecordException {
        return format.read(value);
    }

    /** @throws MalformedRecordException if the specification is invalid */
    public ModelSpec spec(io.freshet.wire.Snapshot record) throws MalformedRecordException {
        return specs.parse(record.getSpec());
    }

    /** Returns the layout of the parameters of a specification that {@link #spec} returned. */
    StateLayout layout(ModelSpec spec) {
        return specs.text(spec).layout();
    }

    /** @throws MalformedRecordException if there is not one offset for each partition, or the order is invalid */
    public static Lineage lineage(io.freshet.wire.Snapshot record) throws MalformedRecordException {
        return WireLineage.read(record);
    }

    /** The texts are shared by all records, since a server holds those of every key. */
    public static Publication publication(io.freshet.wire.Snapshot record) {
        return new Publication(
                record.getSpecHash().intern(),
                record.getChecksum(),
                record.getParent(),
                record.getTopic().intern(),
                record.getPublishedAt().toEpochMilli(),
                record.getFreshet().intern());
    }
}
