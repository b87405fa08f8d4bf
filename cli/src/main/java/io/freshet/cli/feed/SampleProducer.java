package io.freshet.cli.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.job.pause.EndMarker;
import io.freshet.learning.features.InvalidSampleException;
import io.freshet.schemas.topic.DeadLetterHeaders;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Sends samples to the samples topic, or outcomes to theirs, and invalid rows to the dead-letter topic. */
public final class SampleProducer implements SampleSink, AutoCloseable {
    /** Below a topic's default limit of 1 MiB, with room for the key, headers, and batch overhead. */
    static final int MAXIMUM_BYTES = 900 << 10;

    private static final Map<String, Object> SETTINGS =
            Map.of("linger.ms", "5", "compression.type", "lz4", "batch.size", Integer.toString(128 << 10));

    /** Half of the producer's buffer. */
    private static final int BATCHES_BYTES = 16 << 20;

    private final KafkaOptions kafka;
    private final String topic;
    private final String deadLetters;
    private final KafkaProducer<byte[], byte[]> producer;
    private final int partitions;
    private long sent;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    public SampleProducer(KafkaOptions kafka, String topic, String deadLetters) throws CommandException {
        this(kafka, topic, deadLetters, 0, SETTINGS);
    }

    /**
     * Creates a producer for a broker in this JVM: it costs more CPU time to compress samples than to move them.
     *
     * @param partitions that receive one sample each in turn
     */
    public SampleProducer(KafkaOptions kafka, String topic, String deadLetters, int partitions)
            throws CommandException {
        this(kafka, topic, deadLetters, partitions, local(partitions));
    }

    private static Map<String, Object> local(int partitions) {
        int batch = Math.min(512 << 10, BATCHES_BYTES / partitions);
        return Map.of("linger.ms", "5", "compression.type", "none", "batch.size", Integer.toString(batch));
    }

    private SampleProducer(
            KafkaOptions kafka, String topic, String deadLetters, int partitions, Map<String, Object> settings)
            throws CommandException {
        this.partitions = partitions;
        this.topic = topic;
        this.deadLetters = deadLetters;
        this.kafka = kafka;
        producer = kafka.producer(settings);
    }

    /**
     * Sends a sample in the background.
     *
     * @throws InvalidSampleException if it is longer than {@value #MAXIMUM_BYTES} bytes
     * @throws CommandException if an earlier record could not be sent
     */
    @Override
    public void send(byte @Nullable [] key, byte[] sample) throws InvalidSampleException, CommandException {
        requireLength(sample.length);
        Integer partition = partitions == 0 ? null : (int) (sent++ % partitions);
        send(new ProducerRecord<>(topic, partition, key, sample));
    }

    /** @throws InvalidSampleException if a sample of {@code bytes} is longer than {@value #MAXIMUM_BYTES} bytes */
    public static void requireLength(int bytes) throws InvalidSampleException {
        if (bytes > MAXIMUM_BYTES) {
            throw InvalidSampleException.of("row", bytes + " bytes", "up to " + MAXIMUM_BYTES);
        }
    }

    /** Sends an invalid row to the dead-letter topic in the background, truncated if too long. */
    @Override
    public void reject(long row, String text, String message) throws CommandException {
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

    /** Ends each partition, and waits until all replicas have acknowledged all records. */
    public void end() throws CommandException {
        for (int partition = 0; partition < partitions; partition++) {
            end(partition);
        }
        flush();
    }

    /** Ends one partition. */
    public void end(int partition) throws CommandException {
        send(EndMarker.of(topic, partition));
    }

    /** Waits until all replicas have acknowledged all records. */
    @Override
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
