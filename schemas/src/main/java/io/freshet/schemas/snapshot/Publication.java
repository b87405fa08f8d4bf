package io.freshet.schemas.snapshot;

/**
 * Provenance of a published snapshot.
 *
 * @param specHash hash of the specification
 * @param checksum CRC-32C of the parameters' little-endian bytes
 * @param parent version of the previous snapshot of the same model key, or {@link SnapshotCodec#NO_PARENT}
 * @param topic of the samples
 * @param publishedAt milliseconds since 1970, UTC
 * @param freshet version of Freshet
 */
public record Publication(String specHash, long checksum, long parent, String topic, long publishedAt, String freshet) {
    Publication publishedAt(long time) {
        return new Publication(specHash, checksum, parent, topic, time, freshet);
    }
}
