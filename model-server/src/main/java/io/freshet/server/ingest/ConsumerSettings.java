package io.freshet.server.ingest;

import io.freshet.schemas.kafka.KafkaFailure;
import io.freshet.schemas.kafka.KafkaSettings;
import io.freshet.schemas.kafka.Secrets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Kafka consumer settings: the user's, except those that the server's guarantees depend on.
 *
 * <p>Consumers read committed records from the beginning, join no group, and never create a topic.
 */
public final class ConsumerSettings {
    private static final Map<String, Object> FIXED = Map.of(
            "allow.auto.create.topics",
            false,
            "auto.offset.reset",
            "earliest",
            "enable.auto.commit",
            false,
            "isolation.level",
            "read_committed");

    /** Time within which new partitions are discovered; Kafka's default is five minutes. */
    private static final int METADATA_AGE_MILLIS = 30_000;

    private static final int BOUNDED_BYTES = 1 << 20;

    private final Map<String, String> kafka;
    private final Map<String, Object> settings;

    /** @param kafka the user's settings, by Kafka's names; may contain secrets */
    public ConsumerSettings(String bootstrapServers, Map<String, String> kafka) {
        this.kafka = kafka;
        settings = new HashMap<>(kafka);
        settings.putIfAbsent("metadata.max.age.ms", METADATA_AGE_MILLIS);
        settings.remove("group.id");
        settings.remove("group.instance.id");
        settings.put("bootstrap.servers", bootstrapServers);
        settings.putAll(FIXED);
    }

    /**
     * Checks the settings, without a connection.
     *
     * @throws IllegalArgumentException if the user's settings are invalid
     */
    public void check() {
        Map<String, Object> local = new HashMap<>(settings);
        // Names are resolved when a client is created, which fails if none can be.
        local.put("bootstrap.servers", "127.0.0.1:9092");
        try {
            open(local, "check").close(CloseOptions.timeout(Duration.ZERO));
        } catch (KafkaException e) {
            throw new IllegalArgumentException("kafka: " + Secrets.hide(rootMessage(e), kafka), e);
        }
    }

    /** Returns the message of the first cause that is Kafka's own: those after it do not name the setting. */
    private static String rootMessage(KafkaException e) {
        KafkaException root = e;
        while (root.getCause() instanceof KafkaException cause) {
            root = cause;
        }
        Throwable cause = root.getCause();
        return cause == null ? String.valueOf(root.getMessage()) : root.getMessage() + ": " + cause.getMessage();
    }

    /**
     * Returns a new consumer, to be closed by the caller.
     *
     * @param client identifies this consumer in the broker's logs
     * @throws org.apache.kafka.common.KafkaException if a setting is invalid
     */
    Consumer<byte[], byte[]> open(String client) {
        return open(settings, client);
    }

    /**
     * Returns a new consumer that fetches little at a time, whatever the user's settings, to be closed by the caller.
     *
     * @param client identifies this consumer in the broker's logs
     * @param records that a poll returns at most
     * @throws org.apache.kafka.common.KafkaException if a setting is invalid
     */
    public Consumer<byte[], byte[]> openBounded(String client, int records) {
        Map<String, Object> bounded = new HashMap<>(settings);
        bounded.put("max.poll.records", records);
        bounded.put("fetch.max.bytes", BOUNDED_BYTES);
        bounded.put("max.partition.fetch.bytes", BOUNDED_BYTES / 4);
        return open(bounded, client);
    }

    /**
     * Returns a new connection to a topic, to be closed by the caller.
     *
     * @throws org.apache.kafka.common.KafkaException if a setting is invalid
     */
    TopicConnection connect(String topic) {
        Consumer<byte[], byte[]> consumer = open(topic);
        try {
            Map<String, Object> admin = new HashMap<>(settings);
            KafkaSettings.removeOthers(
                    admin, AdminClientConfig.configNames(), ConsumerConfig.configNames(), ProducerConfig.configNames());
            admin.put("client.id", clientId(settings, topic));
            return new TopicConnection(consumer, new DescribedTopic(Admin.create(admin), topic));
        } catch (KafkaException e) {
            consumer.close(CloseOptions.timeout(Duration.ZERO));
            throw e;
        }
    }

    /** Returns why a consumer failed, and if brokers refused it, its user or certificate. */
    String reason(KafkaException failure) {
        return KafkaFailure.describe(failure, kafka);
    }

    private static String clientId(Map<String, Object> settings, String client) {
        return settings.getOrDefault("client.id", "freshet-server") + "-" + client;
    }

    private static Consumer<byte[], byte[]> open(Map<String, Object> settings, String client) {
        Map<String, Object> properties = new HashMap<>(settings);
        properties.put("client.id", clientId(settings, client));
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
