package io.freshet.schemas.snapshot;

import io.freshet.learning.predict.Snapshot;

/**
 * A snapshot on the parameters topic.
 *
 * @param snapshot the learned parameters and their lineage
 * @param publication provenance
 */
public record PublishedSnapshot(Snapshot snapshot, Publication publication) {
    public String specHash() {
        return publication.specHash();
    }

    public long checksum() {
        return publication.checksum();
    }

    public long parent() {
        return publication.parent();
    }

    public String topic() {
        return publication.topic();
    }

    public long publishedAt() {
        return publication.publishedAt();
    }

    public String freshet() {
        return publication.freshet();
    }
}
