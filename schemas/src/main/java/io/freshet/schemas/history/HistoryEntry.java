package io.freshet.schemas.history;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.learner.Snapshot;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot was made of: all that it says but its parameters.
 *
 * @param spec of the model
 * @param specHash fingerprint of {@code spec}, by the Freshet that made the snapshot
 * @param key value of the key field, or ""
 * @param version samples that the parameters have learned from
 * @param parent version of the snapshot of the same model and key that went out before it, -1 if none did
 * @param updates steps of the optimizer
 * @param topic that the samples came from
 * @param lineage what it learned from
 * @param checksum CRC-32C of the parameters' little-endian bytes
 * @param publishedAt milliseconds since 1970, UTC
 * @param freshet version of Freshet that made it
 * @param metrics since the start, or null where they are not known
 */
public record HistoryEntry(
        ModelSpec spec,
        String specHash,
        String key,
        long version,
        long parent,
        long updates,
        String topic,
        Lineage lineage,
        long checksum,
        long publishedAt,
        String freshet,
        @Nullable Metrics metrics) {
    public static HistoryEntry of(PublishedSnapshot published) {
        Snapshot snapshot = published.snapshot();
        return new HistoryEntry(
                snapshot.spec(),
                published.specHash(),
                snapshot.key(),
                snapshot.version(),
                published.parent(),
                snapshot.updates(),
                published.topic(),
                snapshot.lineage(),
                published.checksum(),
                published.publishedAt(),
                published.freshet(),
                snapshot.metrics());
    }
}
