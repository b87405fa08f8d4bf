package io.freshet.job.source;

import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * A Kafka cluster and how to connect to it.
 *
 * @param bootstrapServers host:port of brokers, comma-separated
 * @param settings of every client; they override ours
 */
public record KafkaCluster(String bootstrapServers, Map<String, String> settings) {
    /** Returns a cluster that needs no settings. */
    public static KafkaCluster at(String bootstrapServers) {
        return new KafkaCluster(bootstrapServers, Map.of());
    }

    /** Returns client properties: {@code defaults}, overridden by the settings of this cluster. */
    public Properties properties(Map<String, String> defaults) {
        Properties properties = new Properties();
        properties.setProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.putAll(defaults);
        properties.putAll(settings);
        return properties;
    }
}
