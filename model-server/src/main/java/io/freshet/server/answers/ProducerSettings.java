package io.freshet.server.answers;

import io.freshet.schemas.kafka.Secrets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Settings of a producer: defaults of the server, the user's, and those that its guarantees depend on. They are checked when the
 * server starts, because the producer is created by the first request.
 */
public final class ProducerSettings {
    private static final String DELIVERY = "delivery.timeout.ms";
    private static final String REQUEST = "request.timeout.ms";
    private static final String LINGER = "linger.ms";
    /** That Kafka accepts. */
    private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

    private final Map<String, Object> settings;

    /**
     * @param defaults over which the user's take precedence, with all three times of a delivery
     * @param kafka the user's settings, by Kafka's names; may contain secrets
     * @param fixed over which the user's take no precedence
     * @throws IllegalArgumentException if one of the user's is invalid
     */
    public ProducerSettings(
            String bootstrapServers,
            Map<String, Object> defaults,
            Map<String, String> kafka,
            Map<String, Object> fixed) {
        settings = new HashMap<>(defaults);
        settings.putAll(kafka);
        settings.put("bootstrap.servers", bootstrapServers);
        settings.putAll(fixed);
        fitIntoDelivery();
        check(kafka);
    }

    /**
     * A delivery lasts at least as long as it waits for more records and then for the broker. Kafka refuses other settings, but the
     * user's are those of all clients.
     */
    private void fitIntoDelivery() {
        Duration delivery = duration(DELIVERY, LONGEST);
        Duration half = delivery.dividedBy(2);
        if (duration(LINGER, Duration.ZERO)
                        .plus(duration(REQUEST, Duration.ZERO))
                        .compareTo(delivery)
                > 0) {
            cap(LINGER, half);
            cap(REQUEST, half);
        }
    }

    private void cap(String name, Duration most) {
        if (duration(name, Duration.ZERO).compareTo(most) > 0) {
            settings.put(name, (int) most.toMillis());
        }
    }

    private void check(Map<String, String> kafka) {
        Map<String, Object> complete = new HashMap<>(settings);
        complete.put("key.serializer", ByteArraySerializer.class);
        complete.put("value.serializer", ByteArraySerializer.class);
        try {
            new ProducerConfig(complete);
        } catch (KafkaException e) {
            throw new IllegalArgumentException("kafka: " + Secrets.hide(String.valueOf(e.getMessage()), kafka), e);
        }
    }

    /** Returns a time, or {@code otherwise} if it is not a number of up to ten digits. */
    public Duration duration(String name, Duration otherwise) {
        String millis = String.valueOf(settings.get(name));
        return millis.matches("\\d{1,10}") ? Duration.ofMillis(Long.parseLong(millis)) : otherwise;
    }

    /**
     * Returns a new producer, to be closed by the caller.
     *
     * @throws KafkaException if it cannot be created
     */
    public KafkaProducer<byte[], byte[]> open() {
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
