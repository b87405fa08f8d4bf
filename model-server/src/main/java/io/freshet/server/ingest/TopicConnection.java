package io.freshet.server.ingest;

import java.time.Duration;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A connection to read one topic. Closed by the thread that uses it.
 *
 * @param consumer reads the topic
 * @param topic identifies it
 */
record TopicConnection(Consumer<byte[], byte[]> consumer, Identity topic) implements AutoCloseable {
    /** Short, because there is no group to leave and no offset to commit. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(100);

    /** Tells a topic from one of the same name that was deleted. */
    @FunctionalInterface
    interface Identity extends AutoCloseable {
        /**
         * Returns the id of the topic, or null if it does not exist.
         *
         * @throws org.apache.kafka.common.KafkaException if no broker answers in time
         */
        @Nullable Uuid id();

        @Override
        default void close() {}
    }

    @Override
    public void close() {
        try (topic) {
            consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
        }
    }
}
