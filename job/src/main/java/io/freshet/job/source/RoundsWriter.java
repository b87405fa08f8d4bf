package io.freshet.job.source;

import io.freshet.job.replica.RoundsLog;
import io.freshet.schemas.avro.KeyedBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends records to the rounds topic, at least once. A sink would fail the whole job if the topic refuses a record; here, only
 * the models whose records are refused fail.
 */
final class RoundsWriter implements AutoCloseable {
    private final String topic;
    private final Properties properties;
    private final RoundsLog.Listener listener;
    private final Map<String, Exception> refused = new HashMap<>();
    private @Nullable KafkaProducer<byte[], byte[]> producer;
    /** Records that are neither stored nor refused. */
    private int pending;

    private boolean closed;
    /** Why records were not stored, if a restart of the job may help. */
    private @Nullable Exception failure;

    /** @param properties of the producer, including the bootstrap servers */
    RoundsWriter(String topic, Properties properties, RoundsLog.Listener listener) {
        this.topic = topic;
        this.properties = properties;
        this.listener = listener;
    }

    /** @throws InterruptedException if the thread is interrupted, which is no failure of the topic */
    void send(KeyedBytes record, long timestamp) throws InterruptedException {
        String key = new String(record.key(), StandardCharsets.UTF_8);
        KafkaProducer<byte[], byte[]> open = sending(key);
        if (open == null) {
            return;
        }
        try {
            open.send(
                    new ProducerRecord<>(topic, null, timestamp, record.key(), record.value()),
                    (sent, cause) -> sent(key, cause));
        } catch (InterruptException e) {
            throw interrupted(e);
        } catch (RuntimeException e) {
            // Also that the settings do not allow the record, such as a buffer.memory below batch.size.
            sent(key, e);
        }
    }

    private static InterruptedException interrupted(InterruptException cause) {
        InterruptedException interrupted = new InterruptedException(cause.getMessage());
        interrupted.initCause(cause);
        return interrupted;
    }

    private synchronized @Nullable KafkaProducer<byte[], byte[]> sending(String key) {
        if (closed) {
            refused.putIfAbsent(key, new KafkaException("topic " + topic + ": no longer used"));
            return null;
        }
        if (producer == null && failure == null) {
            open();
        }
        if (producer != null) {
            pending++;
        }
        return producer;
    }

    private void open() {
        try {
            producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            // The settings are those of the job.
            fail(e);
        }
    }

    private synchronized void sent(String key, @Nullable Exception cause) {
        pending--;
        notifyAll();
        if (cause == null) {
            return;
        }
        if (closed || TopicFailures.isOfTopic(cause)) {
            refused.putIfAbsent(key, cause);
            if (!closed) {
                listener.refused();
            }
        } else if (failure == null) {
            fail(cause);
        }
    }

    private void fail(Exception cause) {
        failure = cause;
        listener.failed(cause);
    }

    /**
     * Returns when each record sent is stored or refused.
     *
     * @throws IOException if the job has to restart; checked, since it is no failure of a model
     */
    synchronized void flush() throws IOException, InterruptedException {
        while (pending > 0 && failure == null) {
            wait();
        }
        if (failure != null) {
            throw new IOException("topic " + topic + ": " + failure.getMessage(), failure);
        }
    }

    synchronized Map<String, Exception> takeRefused() {
        Map<String, Exception> taken = Map.copyOf(refused);
        refused.clear();
        return taken;
    }

    /** Refuses all records that are not stored yet, also those that a thread is about to send. */
    @Override
    public void close() {
        KafkaProducer<byte[], byte[]> open;
        synchronized (this) {
            closed = true;
            open = producer;
        }
        if (open != null) {
            open.close(Duration.ZERO);
        }
    }
}
