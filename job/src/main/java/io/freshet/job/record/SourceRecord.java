package io.freshet.job.record;

import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * A record of the samples topic as it came, to be decoded, or to be a dead letter whole.
 *
 * @param partition that it stood in
 * @param offset in that partition
 * @param timestamp of the Kafka record, milliseconds since 1970, UTC
 * @param key null if it had none
 * @param value null for a tombstone
 * @param headerNames names of its headers, in order; usually none
 * @param headerValues their values, the same length; null where a header had none
 */
public record SourceRecord(
        int partition,
        long offset,
        long timestamp,
        byte @Nullable [] key,
        byte @Nullable [] value,
        String[] headerNames,
        byte[] @Nullable [] headerValues) {
    /** What the lengths of one header's name and value take at most, beside these. */
    private static final int HEADER_BYTES = 10;

    /** Returns about how many bytes key, value and headers take together in a record, and never less. */
    public long size() {
        long size = length(key) + length(value);
        for (int i = 0; i < headerNames.length; i++) {
            size += HEADER_BYTES + Utils.utf8Length(headerNames[i]) + length(headerValues[i]);
        }
        return size;
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
