package io.freshet.schemas.deadletter;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The headers of a dead letter, under the names of Kafka Connect, so that its tools can read them. A dead letter's key, value,
 * timestamp, and other headers are those of the original record, unless it was too large.
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
    /** Freshet's own: the model that rejected the record, if it was one. On a redriven record: the one model that it is for. */
    public static final String MODEL = "freshet.model";
    /** Freshet's own: bytes of the key, value, and headers of a record that was too large to copy. */
    public static final String SIZE = "freshet.size";
    /** Freshet's own: row of the file that the record would have come from; 1 is the first after the header. */
    public static final String ROW = "freshet.row";

    /** Freshet's own: how often the record was redriven; absent means never. */
    public static final String REDRIVES = "freshet.redrives";

    private DeadLetterHeaders() {}

    /**
     * Returns the headers of a record of a topic.
     *
     * @param stage that rejected it: {@code decode}, {@code encode}, or {@code learn}
     * @param model that rejected it, or "" if it was not one model
     */
    public static Map<String, byte[]> of(
            String topic, int partition, long offset, String stage, String model, String message) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put(TOPIC, utf8(topic));
        headers.put(PARTITION, utf8(Integer.toString(partition)));
        headers.put(OFFSET, utf8(Long.toString(offset)));
        headers.put(STAGE, utf8(stage));
        headers.put(MESSAGE, utf8(message));
        if (!model.isEmpty()) {
            headers.put(MODEL, utf8(model));
        }
        return headers;
    }

    /** Returns the headers of a row of a file that never became a record. */
    public static Map<String, byte[]> ofRow(String topic, long row, String message) {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put(TOPIC, utf8(topic));
        headers.put(ROW, utf8(Long.toString(row)));
        headers.put(STAGE, utf8("read"));
        headers.put(MESSAGE, utf8(message));
        return headers;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
