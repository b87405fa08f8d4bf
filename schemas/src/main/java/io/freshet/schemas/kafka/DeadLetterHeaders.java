package io.freshet.schemas.kafka;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Headers of dead letters, named as in Kafka Connect so that its tools can read them. The key, value, timestamp, and other
 * headers of a dead letter are those of the original record, unless that was too large.
 *
 * @see <a href="https://cwiki.apache.org/confluence/x/DYd4B">KIP-298, error handling in Connect</a>
 */
public final class DeadLetterHeaders {
    public static final String PREFIX = "__connect.errors.";
    public static final String TOPIC = PREFIX + "topic";
    public static final String PARTITION = PREFIX + "partition";
    public static final String OFFSET = PREFIX + "offset";
    public static final String STAGE = PREFIX + "stage";
    public static final String MESSAGE = PREFIX + "exception.message";
    /** The one model that rejected the record, if any. On a redriven record: the one model that it is for. */
    public static final String MODEL = "freshet.model";
    /** Size in bytes of key, value, and headers of a record that was too large to copy. */
    public static final String SIZE = "freshet.size";
    /** Kafka's id of the topic of the record; a topic that is created again has another one. */
    public static final String TOPIC_ID = "freshet.topic.id";
    /** Row number in the file of a row that never became a record; 1 is the first row after the header. */
    public static final String ROW = "freshet.row";
    /** When the record was rejected, in milliseconds since 1970, UTC; absent if that is the dead letter's own timestamp. */
    public static final String REJECTED_AT = "freshet.rejected.at";
    /** Number of times the record was redriven; absent if never. */
    public static final String REDRIVES = "freshet.redrives";

    /** The stage of the join, whose requests and outcomes are no samples yet. */
    public static final String JOIN = "join";

    private DeadLetterHeaders() {}

    /**
     * Returns whether the trainer rejected the record. It has seen neither a row of a file nor a record of the join.
     *
     * @param header the text of a header by its name; empty without one
     */
    public static boolean isOfTrainer(UnaryOperator<String> header) {
        return header.apply(ROW).isEmpty() && !header.apply(STAGE).equals(JOIN);
    }

    /**
     * Returns the headers for a rejected record.
     *
     * @param stage that rejected it: {@code decode}, {@code encode}, {@code learn}, or {@link #JOIN}
     * @param model name of the one model that rejected it, or ""
     */
    public static Map<String, byte[]> of(
            String topic, int partition, long offset, String stage, String model, String message) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put(TOPIC, utf8(topic));
        headers.put(PARTITION, utf8(Integer.toString(partition)));
        headers.put(OFFSET, utf8(Long.toString(offset)));
        headers.put(STAGE, utf8(stage));
        headers.put(MESSAGE, utf8(RecordLimit.shortened(message)));
        if (!model.isEmpty()) {
            headers.put(MODEL, utf8(model));
        }
        return headers;
    }

    /**
     * Returns the headers with the id of the record's topic, if it is known. With it, an offset says which record is meant also
     * after the topic was deleted and created again.
     */
    public static Map<String, byte[]> withTopicId(Map<String, byte[]> headers, @Nullable String topicId) {
        if (topicId == null) {
            return headers;
        }
        Map<String, byte[]> all = new LinkedHashMap<>(headers);
        all.put(TOPIC_ID, utf8(topicId));
        return all;
    }

    /**
     * Returns the headers for a record whose dead letter has the timestamp of the record.
     *
     * @param now milliseconds since 1970, UTC
     */
    public static Map<String, byte[]> withTime(Map<String, byte[]> headers, long now) {
        Map<String, byte[]> all = new LinkedHashMap<>(headers);
        all.put(REJECTED_AT, utf8(Long.toString(now)));
        return all;
    }

    /**
     * Returns the headers for a rejected row of a file.
     *
     * @param model name of the one model that cannot learn it, or ""
     */
    public static Map<String, byte[]> ofRow(String topic, long row, String model, String message) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put(TOPIC, utf8(topic));
        headers.put(ROW, utf8(Long.toString(row)));
        headers.put(STAGE, utf8("read"));
        headers.put(MESSAGE, utf8(RecordLimit.shortened(message)));
        if (!model.isEmpty()) {
            headers.put(MODEL, utf8(model));
        }
        return headers;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
