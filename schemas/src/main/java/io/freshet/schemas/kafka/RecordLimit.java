package io.freshet.schemas.kafka;

import io.freshet.learning.yaml.SpecException;
import io.freshet.schemas.avro.KeyedBytes;
import java.nio.charset.StandardCharsets;

/**
 * The largest record that Freshet writes: what Kafka's producers and brokers accept by default, 1 MiB, without what they add.
 * Every type of record has a largest size below it, listed in {@code docs/state.md}. Pinned by {@code RecordLimitsTest}.
 */
public final class RecordLimit {
    /** Bytes of key, value, and headers. A batch of one record, compressed to more than its size, adds less than the rest. */
    public static final int BYTES = (1 << 20) - (1 << 10);

    private static final int LONGEST_TEXT = 1_000;

    private RecordLimit() {}

    public static boolean fits(KeyedBytes record) {
        return bytes(record) <= BYTES;
    }

    /**
     * Returns a record that a broker accepts.
     *
     * @throws IllegalStateException if it is too large, which is a failure of the model that it is about
     */
    public static KeyedBytes require(KeyedBytes record) {
        return require(record, 0);
    }

    /**
     * Returns a record that a broker accepts with its headers.
     *
     * @param headers bytes of the headers
     * @throws IllegalStateException if it is too large, which is a failure of the model that it is about
     */
    public static KeyedBytes require(KeyedBytes record, long headers) {
        long bytes = bytes(record) + headers;
        if (bytes > BYTES) {
            String key = SpecException.shortened(new String(record.key(), StandardCharsets.UTF_8));
            throw new IllegalStateException("record " + key + ": " + bytes + " bytes (expected: up to " + BYTES + ")");
        }
        return record;
    }

    private static int bytes(KeyedBytes record) {
        return record.key().length + (record.value() == null ? 0 : record.value().length);
    }

    /** Returns a text for people without its end if it is long: a message may quote a field, which may be as long as a record. */
    public static String shortened(String message) {
        return message.length() <= LONGEST_TEXT ? message : message.substring(0, LONGEST_TEXT) + "...";
    }
}
