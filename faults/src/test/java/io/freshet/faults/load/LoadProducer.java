package io.freshet.faults.load;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Sends samples at a steady rate from its own thread, each exactly once, whatever happens to the broker. */
public final class LoadProducer implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final Supplier<SampleStream.Sent> samples;
    private final String topic;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final AtomicInteger sent = new AtomicInteger();
    private volatile boolean stopped;
    private final long nanosBetween;

    /** @param rate samples a second */
    public LoadProducer(String bootstrapServers, String topic, Supplier<SampleStream.Sent> samples, int rate) {
        nanosBetween = 1_000_000_000L / rate;
        this.topic = topic;
        this.samples = samples;
        producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "enable.idempotence", "true",
                        "max.in.flight.requests.per.connection", "1",
                        "max.block.ms", "120000",
                        "delivery.timeout.ms", "120000",
                        "request.timeout.ms", "10000"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Starts sending until {@link #stop}; otherwise like {@link #send(int)}. */
    public Future<Integer> send() {
        return send(Integer.MAX_VALUE);
    }

    /** Starts sending {@code count} samples; the future has the number sent once the broker has acknowledged them all. */
    public Future<Integer> send(int count) {
        sent.set(0);
        stopped = false;
        return thread.submit(() -> {
            AtomicInteger refused = new AtomicInteger();
            long start = System.nanoTime();
            for (int i = 0; i < count && !stopped; i++) {
                SampleStream.Sent next = samples.get();
                producer.send(new ProducerRecord<>(topic, next.partition(), null, next.value()), (metadata, e) -> {
                    if (e != null) {
                        refused.incrementAndGet();
                    }
                });
                sent.incrementAndGet();
                LockSupport.parkNanos(start + i * nanosBetween - System.nanoTime());
            }
            producer.flush();
            if (refused.get() > 0) {
                throw new IllegalStateException(refused + " of " + sent + " samples not acknowledged by the broker");
            }
            return sent.get();
        });
    }

    /** Returns the number of samples handed to the client since sending started. */
    public int sent() {
        return sent.get();
    }

    /** Stops sending. */
    public void stop() {
        stopped = true;
    }

    /** Waits until all are acknowledged; returns their number. */
    public static int finish(Future<Integer> sending) {
        try {
            return sending.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
        producer.close();
    }
}
