package io.freshet.schemas.snapshot;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * A published snapshot without its parameters.
 *
 * @param spec of the model
 * @param key value of the key field, or ""
 * @param learned training progress and lineage
 * @param publication provenance
 */
public record HistoryEntry(ModelSpec spec, String key, Learned learned, Publication publication) {
    /**
     * Training progress and lineage of a snapshot.
     *
     * @param version samples learned
     * @param updates optimizer steps
     * @param lineage samples learned, by partition and offset
     * @param metrics since the start, or null if unknown
     */
    public record Learned(
            long version,
            long updates,
            Lineage lineage,
            @Nullable Metrics metrics) {}

    public static HistoryEntry of(PublishedSnapshot published) {
        Snapshot snapshot = published.snapshot();
        Learned learned = new Learned(snapshot.version(), snapshot.updates(), snapshot.lineage(), snapshot.metrics());
        return new HistoryEntry(snapshot.spec(), snapshot.key(), learned, published.publication());
    }

    public long version() {
        return learned.version();
    }

    public long updates() {
        return learned.updates();
    }

    public Lineage lineage() {
        return learned.lineage();
    }

    public @Nullable Metrics metrics() {
        return learned.metrics();
    }

    public String specHash() {
        return publication.specHash();
    }

    public long parent() {
        return publication.parent();
    }

    public String topic() {
        return publication.topic();
    }

    public long checksum() {
        return publication.checksum();
    }

    public long publishedAt() {
        return publication.publishedAt();
    }

    public String freshet() {
        return publication.freshet();
    }
}
