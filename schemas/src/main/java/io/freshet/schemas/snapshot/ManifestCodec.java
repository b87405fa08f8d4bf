package io.freshet.schemas.snapshot;

import io.freshet.learning.model.StateLayout;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.AvroBuffer;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.SingleObject;
import io.freshet.schemas.avro.WireFormat;
import java.util.List;

/** Reads and writes {@code Snapshot} records: complete small snapshots, and manifests of large ones. Thread-safe. */
public final class ManifestCodec {
    private final WireFormat<io.freshet.wire.Snapshot> format =
            new WireFormat<>(io.freshet.wire.Snapshot.getClassSchema(), List.of());
    private final SpecCache specs;
    private final SnapshotDecoder decoder;

    ManifestCodec(SpecCache specs) {
        this.specs = specs;
        decoder = new SnapshotDecoder(specs);
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

    /** Returns the record of a snapshot without its parameters, moments, range of labels, and blocks. */
    public byte[] writeHistory(PublishedSnapshot published) {
        return SnapshotEncoder.writeHistory(
                        published, specs.text(published.snapshot().spec()).yaml())
                .toArray();
    }

    /** @throws MalformedRecordException if the record is malformed, or its specification or lineage is invalid */
    public Manifest read(byte[] value) throws MalformedRecordException {
        boolean isCurrent = SingleObject.fingerprint(value) == SnapshotEncoder.FINGERPRINT;
        return isCurrent ? decoder.read(value) : read(format.read(value));
    }

    /** Reads a record that Avro has read, with whichever schema. */
    Manifest read(io.freshet.wire.Snapshot record) throws MalformedRecordException {
        return decoder.read(format.write(record));
    }

    /** Returns the layout of the parameters of a specification. */
    StateLayout layout(ModelSpec spec) {
        return specs.text(spec).layout();
    }
}
