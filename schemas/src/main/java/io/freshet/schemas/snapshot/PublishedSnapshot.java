package io.freshet.schemas.snapshot;

import io.freshet.learning.learner.Snapshot;

/**
 * A snapshot as it stands on the parameters topic: what was learned, and the circumstances.
 *
 * @param snapshot what was learned
 * @param specHash fingerprint of its specification
 * @param topic that the samples came from
 * @param publishedAt milliseconds since 1970, UTC
 * @param checksum CRC-32C of the parameters' little-endian bytes
 * @param freshet version of Freshet that made it
 * @param parent version of the snapshot of the same model and key that went out before it, or -1
 */
public record PublishedSnapshot(
        Snapshot snapshot,
        String specHash,
        String topic,
        long publishedAt,
        long checksum,
        String freshet,
        long parent) {}
