package io.freshet.cli.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Sends samples to the samples topic, or outcomes to theirs, and invalid rows to the dead-letter topic. */
public final class SampleProducer implements AutoCloseable {
    /** Below a topic's default limit of 1 MiB, with room for the key, headers, and batch overhead. */
    static final int MAXIMUM_BYTES = 900 << 10;

    private static final Map<String, Object> SETTINGS =
            Map.of("linger.ms", "5", "compression.type", "lz4", "batch.size", Integer.toString(128 << 10));

    private final KafkaOptions kafka;
    private final String topic;
    private final String deadLetters;
    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    public SampleProducer(KafkaOptions kafka, String topic, String deadLetters) throws CommandException {
        this.topic = topic;
        this.deadLetters = deadLetters;
        this.kafka = kafka;
        producer = kafka.producer(SETTINGS);
    }

    /**
     * Sends a sample in the background.
     *
     * @throws InvalidSampleException if it is longer than {@value #MAXIMUM_BYTES} bytes
     * @throws CommandException if an earlier record could not be sent
     */
    public void send(byte @Nullable [] key, byte[] sample) throws InvalidSampleException, CommandException {
        if (sample.length > MAXIMUM_BYTES) {
            throw InvalidSampleException.of("row", sample.length + " bytes", "up to " + MAXIMUM_BYTES);
        }
        send(new ProducerRecord<>(topic, key, sample));
    }

    /** Sends an invalid row to the dead-letter topic in the background, truncated if too long. */
    void reject(long row, String text, String message) throws CommandException {
        reject(row, text, "", message);
    }

    /** @param model name of the one model that cannot learn the row, or "" */
    void reject(long row, String text, String model, String message) throws CommandException {
        byte[] value = text.getBytes(UTF_8);
        byte[] truncated = value.length > MAXIMUM_BYTES ? Arrays.copyOf(value, MAXIMUM_BYTES) : value;
        ProducerRecord<byte[], byte[]> deadLetter = new ProducerRecord<>(deadLetters, null, truncated);
        DeadLetterHeaders.ofRow(topic, row, model, message).forEach(deadLetter.headers()::add);
        send(deadLetter);
    }

    private void send(ProducerRecord<byte[], byte[]> record) throws CommandException {
        try {
            producer.send(record, (metadata, e) -> {
                if (e != null) {
                    failure.compareAndSet(null, e);
                }
            });
        } catch (KafkaException e) {
            failure.compareAndSet(null, e);
        }
        check();
    }

    /** Waits until all replicas have acknowledged all records. */
    public void flush() throws CommandException {
        producer.flush();
        check();
    }

    private void check() throws CommandException {
        Exception first = failure.get();
        if (first != null) {
            throw kafka.failure("topic " + topic + ": not written", first);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
