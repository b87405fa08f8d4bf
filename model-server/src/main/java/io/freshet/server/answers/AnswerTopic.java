package io.freshet.server.answers;

import static java.util.Map.entry;

import io.freshet.schemas.kafka.KafkaFailure;
import io.freshet.server.body.RequestException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes records to the topic of answers. The producer connects when it is first used. Used by one thread, but for {@link #close}. */
public final class AnswerTopic implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AnswerTopic.class);
    /** The user's settings take precedence. Losing an answer is better than waiting for it. */
    private static final Map<String, Object> DEFAULTS = Map.ofEntries(
            entry("acks", "1"),
            entry("buffer.memory", 8 << 20),
            entry("max.block.ms", 5_000),
            entry("delivery.timeout.ms", 10_000),
            entry("request.timeout.ms", 5_000),
            entry("linger.ms", 50),
            entry("compression.type", "lz4"),
            entry("client.id", "freshet-server-answers"));

    /** Of answers that requests wait for; the user's settings take no precedence. */
    private static final Map<String, Object> ACKNOWLEDGED = Map.of("acks", "all", "enable.idempotence", true);

    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final String topic;
    private final Map<String, String> kafka;
    private final ProducerSettings settings;
    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private volatile boolean failing;

    /**
     * @param kafka the user's settings, by Kafka's names; may contain secrets
     * @param deadline how long requests wait for their answers to be acknowledged; null if they do not wait
     * @throws IllegalArgumentException if one of the user's settings is invalid
     */
    public AnswerTopic(String bootstrapServers, Map<String, String> kafka, String topic, @Nullable Duration deadline) {
        this.topic = topic;
        this.kafka = kafka;
        Map<String, Object> defaults = new HashMap<>(DEFAULTS);
        if (deadline != null) {
            int millis = Math.toIntExact(deadline.toMillis());
            defaults.put("linger.ms", 0);
            defaults.put("max.block.ms", Math.max(1, millis / 2));
            defaults.put("request.timeout.ms", Math.max(1, millis / 2));
            defaults.put("delivery.timeout.ms", millis);
        }
        settings = new ProducerSettings(bootstrapServers, defaults, kafka, deadline == null ? Map.of() : ACKNOWLEDGED);
    }

    /** Returns the failure of a request whose answer has to be logged. */
    RequestException unavailable(String reason) {
        return RequestException.of(
                503, "topic " + topic + ": " + reason + " (expected: a broker that takes every answer; try again)");
    }

    /**
     * Sends a record. Blocks for five seconds at most, unless the settings allow more.
     *
     * @param acknowledged receives null once the broker has the record, or why it does not
     * @return false if it failed already: no broker knows the topic, or the producer's buffer is full
     */
    boolean send(byte[] key, byte[] value, Consumer<@Nullable String> acknowledged) {
        try {
            Future<?> sent = producer().send(new ProducerRecord<>(topic, key, value), (metadata, failure) -> {
                report(failure);
                acknowledged.accept(failure == null ? null : KafkaFailure.describe(failure, kafka));
            });
            return !(sent.isDone() && failing);
        } catch (KafkaException | IllegalStateException e) {
            report(e);
            acknowledged.accept(KafkaFailure.describe(e, kafka));
            return false;
        }
    }

    /** Logs the first failure, and the first success after it. */
    private void report(@Nullable Exception failure) {
        if ((failure != null) != failing) {
            failing = failure != null;
            if (failure != null) {
                log.warn("topic {}: answers are not logged: {}", topic, KafkaFailure.describe(failure, kafka));
            } else {
                log.info("topic {}: answers are logged again", topic);
            }
        }
    }

    private synchronized KafkaProducer<byte[], byte[]> producer() {
        if (producer == null) {
            producer = settings.open();
        }
        return producer;
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(CLOSE);
        }
    }
}
