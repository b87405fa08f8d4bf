package io.freshet.job.record;

import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.deadletter.DeadLetterHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way out to a Kafka topic.
 *
 * @param address what decides the partition, or "" to leave it to Kafka
 * @param key null for none
 * @param value null for a tombstone
 * @param timestamp milliseconds since 1970, UTC
 * @param headerNames names of its headers, in order
 * @param headerValues their values, the same length
 */
public record OutputRecord(
        String address,
        byte @Nullable [] key,
        byte @Nullable [] value,
        long timestamp,
        String[] headerNames,
        byte[] @Nullable [] headerValues) {
    /** Bytes of key, value and headers: with the headers added, less than what a producer and a broker take by default. */
    static final int LARGEST_DEAD_LETTER = 1_000_000;

    /** What could not be learned. */
    public static final OutputTag<OutputRecord> DEAD_LETTERS =
            new OutputTag<>("dead-letters", OutputRecordSerializer.type());

    /** Snapshots that are seen once they are durable, their blocks, and tombstones. */
    public static final OutputTag<OutputRecord> COMMITTED = new OutputTag<>("committed", OutputRecordSerializer.type());

    /** What each snapshot learned from. */
    public static final OutputTag<OutputRecord> HISTORY = new OutputTag<>("history", OutputRecordSerializer.type());

    /** How well models predict. */
    public static final OutputTag<OutputRecord> EVALUATIONS =
            new OutputTag<>("evaluations", OutputRecordSerializer.type());

    /** Returns a record without headers whose partition follows from {@code address}. */
    public static OutputRecord of(String address, KeyedBytes record, long timestamp) {
        return new OutputRecord(address, record.key(), record.value(), timestamp, new String[0], new byte[0][]);
    }

    /**
     * Returns a record as it came, with {@code added} headers behind its own.
     *
     * <p>Of one that is too large to be carried along, only the added headers are left, with its size: a broker takes a
     * record that was compressed, or just fits, and would not take it back with more headers.
     *
     * @param latest the newest time stamp that a broker takes, milliseconds since 1970, UTC
     */
    public static OutputRecord deadLetter(SourceRecord record, Map<String, byte[]> added, long latest) {
        long timestamp = Math.min(record.timestamp(), latest);
        long size = record.size();
        if (size > LARGEST_DEAD_LETTER) {
            Map<String, byte[]> headers = new LinkedHashMap<>(added);
            headers.put(DeadLetterHeaders.SIZE, Long.toString(size).getBytes(StandardCharsets.UTF_8));
            return withHeaders(null, new byte[0], timestamp, headers);
        }
        int own = record.headerNames().length;
        String[] names = Arrays.copyOf(record.headerNames(), own + added.size());
        byte[][] values = Arrays.copyOf(record.headerValues(), names.length);
        int i = own;
        for (Map.Entry<String, byte[]> header : added.entrySet()) {
            names[i] = header.getKey();
            values[i++] = header.getValue();
        }
        return new OutputRecord("", record.key(), record.value(), timestamp, names, values);
    }

    /** Returns a record with headers, whose partition is left to Kafka. */
    public static OutputRecord withHeaders(
            byte @Nullable [] key, byte @Nullable [] value, long timestamp, Map<String, byte[]> headers) {
        String[] names = headers.keySet().toArray(String[]::new);
        return new OutputRecord(
                "", key, value, timestamp, names, headers.values().toArray(byte[][]::new));
    }
}
