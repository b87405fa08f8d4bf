package io.freshet.cli.endtoend;

import io.freshet.job.TestStream;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends samples to the partitions of a topic in turn, about two thousand per second, until stopped. */
final class ControlStream {
    private static final int BURST = 20;
    private static final long PAUSE_NANOS = 10_000_000;

    private final String topic;
    private final int partitions;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Thread thread = new Thread(this::send, "samples");
    private long sent;
    private volatile boolean stopped;

    private ControlStream(String topic, int partitions, KafkaProducer<byte[], byte[]> producer) {
        this.topic = topic;
        this.partitions = partitions;
        this.producer = producer;
    }

    static ControlStream start(String bootstrapServers, String topic, int partitions) {
        ControlStream stream = new ControlStream(
                topic,
                partitions,
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrapServers, "max.in.flight.requests.per.connection", 1),
                        new ByteArraySerializer(),
                        new ByteArraySerializer()));
        stream.thread.start();
        return stream;
    }

    private void send() {
        try (producer) {
            while (!stopped) {
                for (int i = 0; i < BURST; i++) {
                    int partition = (int) (sent % partitions);
                    producer.send(new ProducerRecord<>(topic, partition, null, TestStream.value(sent++)));
                }
                producer.flush();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** Stops; returns the number of samples sent. */
    long stop() throws InterruptedException {
        stopped = true;
        thread.join();
        return sent;
    }
}
