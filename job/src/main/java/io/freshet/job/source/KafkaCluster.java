package io.freshet.job.source;

import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * The address of a Kafka cluster and its client settings.
 *
 * @param bootstrapServers host:port of brokers, comma-separated
 * @param settings of every client; they override the defaults
 */
public record KafkaCluster(String bootstrapServers, Map<String, String> settings) {
    /** Returns a cluster with default client settings. */
    public static KafkaCluster at(String bootstrapServers) {
        return new KafkaCluster(bootstrapServers, Map.of());
    }

    /** Returns client properties: {@code defaults}, overridden by the cluster's settings. */
    public Properties properties(Map<String, String> defaults) {
        Properties properties = new Properties();
        properties.setProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.putAll(defaults);
        properties.putAll(settings);
        return properties;
    }
}
