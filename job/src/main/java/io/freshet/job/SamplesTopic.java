package io.freshet.job;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** What must be known of the samples topic before the job starts. */
final class SamplesTopic {
    private SamplesTopic() {}

    /**
     * Returns how many partitions the topic has.
     *
     * @throws KafkaException if it is not there, or no broker says
     */
    static int partitions(String bootstrapServers, String topic, Map<String, String> kafka) {
        Properties properties = new Properties();
        properties.setProperty(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.putAll(kafka);
        try (Admin admin = Admin.create(properties)) {
            return admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .values()
                    .iterator()
                    .next()
                    .partitions()
                    .size();
        } catch (ExecutionException e) {
            throw new KafkaException(
                    "topic " + topic + ": " + e.getMessage() + " (expected: the topic of the samples)", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
