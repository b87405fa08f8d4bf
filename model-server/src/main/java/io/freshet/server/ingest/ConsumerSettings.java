package io.freshet.server.ingest;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How the server's consumers are set up, in one place: the user's settings, but for those that its promises rest on.
 *
 * <p>Only committed records are read, always from the beginning, and no topic is made by reading it.
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

    /** Partitions that are added later are found within this time; Kafka's own default is five minutes. */
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
     * @param client tells the server's consumers apart in the broker's logs
     * @throws org.apache.kafka.common.KafkaException if a setting cannot be
     */
    Consumer<byte[], byte[]> open(String client) {
        Map<String, Object> of = new HashMap<>(settings);
        of.putIfAbsent("client.id", "freshet-server");
        of.compute("client.id", (name, id) -> id + "-" + client);
        return new KafkaConsumer<>(of, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
