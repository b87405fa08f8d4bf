package io.freshet.job.source;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Reads the metadata of a topic before the job starts. */
public final class TopicMetadata {
    private TopicMetadata() {}

    /**
     * Returns the topic's number of partitions.
     *
     * @throws KafkaException if the topic does not exist or no broker responds
     */
    public static int partitions(KafkaCluster kafka, String topic) {
        return describe(kafka, topic).partitions().size();
    }

    /** @throws KafkaException if the topic does not exist or no broker responds */
    public static TopicDescription describe(KafkaCluster kafka, String topic) {
        try (Admin admin = Admin.create(kafka.properties(Map.of()))) {
            return admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .values()
                    .iterator()
                    .next();
        } catch (ExecutionException e) {
            throw new KafkaException("topic " + topic + ": " + e.getMessage() + " (expected: an existing topic)", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
