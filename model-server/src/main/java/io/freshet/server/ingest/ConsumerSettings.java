package io.freshet.server.ingest;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Settings of the server's consumers: the user's, except those that the server's guarantees depend on.
 *
 * <p>Only committed records are read, always from the beginning, and reading never creates a topic.
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

    /** Added partitions are found within this time; Kafka's own default is five minutes. */
    private static final int METADATA_AGE_MILLIS = 30_000;

    private final Map<String, Object> settings;

    /** @param kafka the user's settings, under Kafka's own names; may hold secrets */
    public ConsumerSettings(String bootstrapServers, Map<String, String> kafka) {
        settings = new HashMap<>(kafka);
        settings.putIfAbsent("metadata.max.age.ms", METADATA_AGE_MILLIS);
        settings.remove("group.id");
        settings.remove("group.instance.id");
        settings.put("bootstrap.servers", bootstrapServers);
        settings.putAll(FIXED);
    }

    /**
     * Returns a new consumer, to be closed by the caller.
     *
     * @param client identifies this consumer in the broker's logs
     * @throws org.apache.kafka.common.KafkaException if a setting is invalid
     */
    Consumer<byte[], byte[]> open(String client) {
        Map<String, Object> of = new HashMap<>(settings);
        of.putIfAbsent("client.id", "freshet-server");
        of.compute("client.id", (name, id) -> id + "-" + client);
        return new KafkaConsumer<>(of, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
