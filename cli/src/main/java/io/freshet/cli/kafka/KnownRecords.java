package io.freshet.cli.kafka;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Polls for records that exist, up to an offset that the caller knows. A consumer never fails if its brokers are gone; this does,
 * after half a minute without a record. One instance is for one read.
 */
public final class KnownRecords {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Duration limit;
    private long waitedNanos;

    public KnownRecords(KafkaConsumer<byte[], byte[]> consumer) {
        this(consumer, LIMIT);
    }

    KnownRecords(KafkaConsumer<byte[], byte[]> consumer, Duration limit) {
        this.consumer = consumer;
        this.limit = limit;
    }

    /**
     * Waits briefly for the next records, and returns them, if any.
     *
     * @throws TimeoutException if no record has arrived in half a minute of waiting
     */
    public ConsumerRecords<byte[], byte[]> poll() {
        long start = System.nanoTime();
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        waitedNanos = records.isEmpty() ? waitedNanos + System.nanoTime() - start : 0;
        if (waitedNanos > limit.toNanos()) {
            throw new TimeoutException("Kafka: no records within " + limit.toSeconds() + " s of "
                    + consumer.assignment() + " (expected: more, up to the end when reading began)");
        }
        return records;
    }
}
