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

/** Sends samples at a steady rate from its own thread, each exactly once even if the broker fails. */
public final class LoadProducer implements AutoCloseable {
    private final KafkaProducer<byte[], byte[]> producer;
    private final Supplier<SampleStream.Sent> samples;
    private final String topic;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final AtomicInteger sent = new AtomicInteger();
    private volatile boolean stopped;
    private final long nanosBetween;

    /** @param rate samples per second */
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

    /** Like {@link #send(int)}, but until {@link #stop}. */
    public Future<Integer> send() {
        return send(Integer.MAX_VALUE);
    }

    /**
     * Starts sending {@code count} samples. The future returns the number sent after the broker has acknowledged them
     * all.
     */
    public Future<Integer> send(int count) {
        sent.set(0);
        stopped = false;
        return thread.submit(() -> {
            AtomicInteger failed = new AtomicInteger();
            long start = System.nanoTime();
            for (int i = 0; i < count && !stopped; i++) {
                SampleStream.Sent next = samples.get();
                producer.send(new ProducerRecord<>(topic, next.partition(), null, next.value()), (metadata, e) -> {
                    if (e != null) {
                        failed.incrementAndGet();
                    }
                });
                sent.incrementAndGet();
                LockSupport.parkNanos(start + i * nanosBetween - System.nanoTime());
            }
            producer.flush();
            if (failed.get() > 0) {
                throw new IllegalStateException(failed + " of " + sent + " samples not acknowledged by the broker");
            }
            return sent.get();
        });
    }

    /** Returns the number of samples handed to the client since sending started. */
    public int sent() {
        return sent.get();
    }

    public void stop() {
        stopped = true;
    }

    /** Waits until all samples are acknowledged; returns their number. */
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
