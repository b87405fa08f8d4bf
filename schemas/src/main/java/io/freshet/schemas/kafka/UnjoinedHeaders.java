package io.freshet.schemas.kafka;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Headers of records that became part of no sample. Key, value, timestamp, and other headers are those of the original record,
 * and the names of its topic, partition, and offset those of {@link DeadLetterHeaders}.
 */
public final class UnjoinedHeaders {
    /** Why: {@code late}, {@code orphan}, or {@code outside}. */
    public static final String REASON = "freshet.reason";
    /** By how much the record was behind the watermark, in milliseconds; only if it was late. */
    public static final String LATENESS = "freshet.lateness.millis";

    private UnjoinedHeaders() {}

    /**
     * Returns the headers of a record.
     *
     * @param topic that it was read from
     * @param reason text of the header {@link #REASON}
     * @param model that did not join it
     */
    public static Map<String, byte[]> of(String topic, int partition, long offset, String reason, String model) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put(DeadLetterHeaders.TOPIC, utf8(topic));
        headers.put(DeadLetterHeaders.PARTITION, utf8(Integer.toString(partition)));
        headers.put(DeadLetterHeaders.OFFSET, utf8(Long.toString(offset)));
        headers.put(DeadLetterHeaders.MODEL, utf8(model));
        headers.put(REASON, utf8(reason));
        return headers;
    }

    /** Returns the headers of a late record. */
    public static Map<String, byte[]> withLateness(Map<String, byte[]> headers, long millis) {
        Map<String, byte[]> all = new LinkedHashMap<>(headers);
        all.put(LATENESS, utf8(Long.toString(millis)));
        return all;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
