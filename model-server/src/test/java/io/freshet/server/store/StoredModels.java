package io.freshet.server.store;

import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.snapshot.Publication;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotReader.Change;
import java.util.Objects;

/** Models in a store without a server. */
public final class StoredModels {
    private StoredModels() {}

    /** Serves a version whose parameters are 0, published at the time of its number; returns its model. */
    public static ServedModel put(ModelStore store, ModelSpec spec, String key, long version) {
        Snapshot snapshot = new Snapshot(
                spec,
                key,
                version,
                version,
                new float[spec.parameterCount()],
                spec.features().standardizer().start(),
                new Lineage(),
                new long[0],
                null);
        Publication publication = new Publication(spec.hash(), 0, SnapshotCodec.NO_PARENT, "samples", version, "0.1.0");
        store.apply(
                new Change(ParameterKey.snapshot(spec.name(), key), new PublishedSnapshot(snapshot, publication)),
                Lane.EAGER);
        return Objects.requireNonNull(store.model(spec.name()));
    }
}
