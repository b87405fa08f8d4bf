package io.freshet.schemas.snapshot;

import io.freshet.learning.features.Standardizer;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import org.jspecify.annotations.Nullable;

/** Builds snapshots from records, and checks that the records are consistent. Thread-safe. */
final class SnapshotAssembler {
    private static final long[] NO_VERSIONS = {};

    private final ManifestCodec manifests;

    SnapshotAssembler(ManifestCodec manifests) {
        this.manifests = manifests;
    }

    /**
     * Returns the verified snapshot of a manifest, or null if one of its blocks is missing or has another version.
     *
     * @param newest blocks read before the manifest; keeps those of the snapshot
     * @throws MalformedRecordException if the manifest and its blocks are inconsistent
     */
    @Nullable PublishedSnapshot assemble(Manifest manifest, BlockAssembly newest) throws MalformedRecordException {
        ModelSpec spec = manifest.spec();
        if (manifest.parameterCount() != spec.parameterCount()) {
            throw new MalformedRecordException(
                    "parameterCount: " + manifest.parameterCount() + " (expected: " + spec.parameterCount() + ")");
        }
        checkConsistent(manifest, spec);
        BlockAssembly.Assembled assembled = manifest.blocks() == 0
                ? BlockAssembly.whole(manifest)
                : newest.assemble(manifest, manifests.layout(spec));
        if (assembled == null) {
            return null;
        }
        long checksum = assembled.checksum();
        if (checksum != manifest.publication().checksum()) {
            throw new MalformedRecordException("checksum: " + FloatBytes.checksumText(checksum) + " (expected: "
                    + FloatBytes.checksumText(manifest.publication().checksum()) + ")");
        }
        Snapshot snapshot = new Snapshot(
                spec,
                manifest.key(),
                manifest.version(),
                manifest.updates(),
                assembled.parameters(),
                manifest.moments(),
                manifest.lineage(),
                manifest.blocks() == 0 ? NO_VERSIONS : manifest.blockVersions(),
                manifest.metrics(),
                manifest.labelRange());
        newest.confirm(assembled);
        return new PublishedSnapshot(snapshot, manifest.publication());
    }

    private static void checkConsistent(Manifest manifest, ModelSpec spec) throws MalformedRecordException {
        if (!manifest.model().equals(spec.name())) {
            throw new MalformedRecordException("model: " + manifest.model() + " (expected: " + spec.name() + ")");
        }
        if (manifest.blocks() < 0) {
            throw new MalformedRecordException("blocks: " + manifest.blocks() + " (expected: at least 0)");
        }
        int versions = manifest.blockVersions().length;
        if (versions != 0 && manifest.blocks() != 0 && versions != manifest.blocks()) {
            throw new MalformedRecordException(
                    "blockVersions: " + versions + " (expected: one for each of " + manifest.blocks() + " blocks)");
        }
        Standardizer standardizer = spec.features().standardizer();
        if (!standardizer.hasMoments(manifest.moments().length)) {
            throw new MalformedRecordException(
                    "moments: " + manifest.moments().length + " (expected: " + standardizer.start().length + ")");
        }
        int limits = manifest.labelRange().length;
        if (limits != 0 && limits != 2L * spec.outputs()) {
            throw new MalformedRecordException(
                    "labelRange: " + limits + " (expected: 0, or 2 for each of " + spec.outputs() + " outputs)");
        }
    }
}
