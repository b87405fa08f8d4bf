package io.freshet.job.publish;

import io.freshet.job.source.SourceRecord;
import io.freshet.schemas.KeyedBytes;
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
public record OutRecord(
        String address,
        byte @Nullable [] key,
        byte @Nullable [] value,
        long timestamp,
        String[] headerNames,
        byte[] @Nullable [] headerValues) {
    /** What could not be learned. */
    public static final OutputTag<OutRecord> DEAD_LETTERS = new OutputTag<>("dead-letters", OutRecordSerializer.type());

    /** How well models predict. */
    public static final OutputTag<OutRecord> EVALUATIONS = new OutputTag<>("evaluations", OutRecordSerializer.type());

    /** Returns a record without headers whose partition follows from {@code address}. */
    public static OutRecord of(String address, KeyedBytes record, long timestamp) {
        return new OutRecord(address, record.key(), record.value(), timestamp, new String[0], new byte[0][]);
    }

    /** Returns a record as it came, with {@code added} headers behind its own. */
    public static OutRecord deadLetter(SourceRecord record, Map<String, byte[]> added) {
        int own = record.headerNames().length;
        String[] names = new String[own + added.size()];
        byte[][] values = new byte[names.length][];
        System.arraycopy(record.headerNames(), 0, names, 0, own);
        System.arraycopy(record.headerValues(), 0, values, 0, own);
        int i = own;
        for (Map.Entry<String, byte[]> header : added.entrySet()) {
            names[i] = header.getKey();
            values[i++] = header.getValue();
        }
        return new OutRecord("", record.key(), record.value(), record.timestamp(), names, values);
    }
}
