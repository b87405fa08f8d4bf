package io.freshet.schemas.snapshot;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.avro.WireMetrics;
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
    @Nullable PublishedSnapshot assemble(io.freshet.wire.Snapshot manifest, BlockAssembly newest)
            throws MalformedRecordException {
        ModelSpec spec = manifests.spec(manifest);
        if (manifest.getParameterCount() != spec.parameterCount()) {
            throw new MalformedRecordException(
                    "parameterCount: " + manifest.getParameterCount() + " (expected: " + spec.parameterCount() + ")");
        }
        Lineage lineage = ManifestCodec.lineage(manifest);
        checkConsistent(manifest, spec);
        BlockAssembly.Assembled assembled = manifest.getBlocks() == 0
                ? BlockAssembly.whole(manifest)
                : newest.assemble(manifest, manifests.layout(spec));
        if (assembled == null) {
            return null;
        }
        long checksum = assembled.checksum();
        if (checksum != manifest.getChecksum()) {
            throw new MalformedRecordException("checksum: " + FloatBytes.checksumText(checksum) + " (expected: "
                    + FloatBytes.checksumText(manifest.getChecksum()) + ")");
        }
        Metrics metrics = manifest.getMetrics() == null ? null : WireMetrics.read(manifest.getMetrics());
        Snapshot snapshot = new Snapshot(
                spec,
                manifest.getKey(),
                manifest.getVersion(),
                manifest.getUpdates(),
                assembled.parameters(),
                manifest.getMoments().stream().mapToDouble(d -> d).toArray(),
                lineage,
                manifest.getBlocks() == 0
                        ? NO_VERSIONS
                        : manifest.getBlockVersions().stream().mapToLong(i -> i).toArray(),
                metrics);
        newest.confirm(assembled);
        return new PublishedSnapshot(snapshot, ManifestCodec.publication(manifest));
    }

    private static void checkConsistent(io.freshet.wire.Snapshot manifest, ModelSpec spec)
            throws MalformedRecordException {
        if (!manifest.getModel().equals(spec.name())) {
            throw new MalformedRecordException("model: " + manifest.getModel() + " (expected: " + spec.name() + ")");
        }
        if (manifest.getBlocks() < 0) {
            throw new MalformedRecordException("blocks: " + manifest.getBlocks() + " (expected: at least 0)");
        }
        int versions = manifest.getBlockVersions().size();
        if (versions != 0 && manifest.getBlocks() != 0 && versions != manifest.getBlocks()) {
            throw new MalformedRecordException(
                    "blockVersions: " + versions + " (expected: one for each of " + manifest.getBlocks() + " blocks)");
        }
        Standardizer standardizer = spec.features().standardizer();
        if (!standardizer.hasMoments(manifest.getMoments().size())) {
            throw new MalformedRecordException(
                    "moments: " + manifest.getMoments().size() + " (expected: " + standardizer.start().length + ")");
        }
    }
}
