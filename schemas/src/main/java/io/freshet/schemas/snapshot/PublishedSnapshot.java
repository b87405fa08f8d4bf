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

    /** Returns the same snapshot, published at the latest {@code now}: clocks that are ahead make no later one old. */
    public PublishedSnapshot receivedAt(long now) {
        return publishedAt() <= now ? this : new PublishedSnapshot(snapshot, publication.publishedAt(now));
    }

    public String freshet() {
        return publication.freshet();
    }
}
