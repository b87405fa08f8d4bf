package io.freshet.job.source;

import io.freshet.schemas.kafka.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Asks from time to time whether a topic still exists, and may be read and written. A consumer does not fail if its topic is
 * deleted, and a reader never hears that writing was refused elsewhere.
 */
final class TopicAccess implements AutoCloseable {
    private static final int IDLE_POLLS = 10;
    private static final int TIMEOUT_MILLIS = 5_000;

    private final String topic;
    private final Properties properties;
    private @Nullable Admin admin;
    private int idlePolls;
    private boolean wasMissing;

    /** @param properties of clients, including the bootstrap servers */
    TopicAccess(String topic, Properties properties) {
        this.topic = topic;
        this.properties = new Properties();
        this.properties.putAll(properties);
        KafkaSettings.removeOthers(
                this.properties,
                AdminClientConfig.configNames(),
                ConsumerConfig.configNames(),
                ProducerConfig.configNames());
    }

    /** Records that the topic is in use, so that the next check can wait. */
    void used() {
        idlePolls = 0;
        wasMissing = false;
    }

    /**
     * Records a poll without records, and checks the topic after every tenth. Brokers that do not respond are no failure, and neither is a single answer, which may be
     * that of a broker that has just started.
     *
     * @throws UnknownTopicOrPartitionException if the topic does not exist
     * @throws TopicAuthorizationException if it may not be read or written
     */
    void idle() throws InterruptedException {
        if (++idlePolls < IDLE_POLLS) {
            return;
        }
        RuntimeException failure = failure();
        idlePolls = 0;
        if (failure != null && wasMissing) {
            throw failure;
        }
        wasMissing = failure != null;
    }

    private @Nullable RuntimeException failure() throws InterruptedException {
        if (admin == null) {
            admin = Admin.create(properties);
        }
        try {
            TopicDescription description = admin.describeTopics(
                            List.of(topic),
                            new DescribeTopicsOptions()
                                    .includeAuthorizedOperations(true)
                                    .timeoutMs(TIMEOUT_MILLIS))
                    .allTopicNames()
                    .get()
                    .get(topic);
            return description == null ? null : refusal(description.authorizedOperations());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return missing(topic);
            }
            return e.getCause() instanceof TopicAuthorizationException refused ? refused : null;
        }
    }

    private @Nullable RuntimeException refusal(@Nullable Set<AclOperation> allowed) {
        for (AclOperation operation : List.of(AclOperation.READ, AclOperation.WRITE)) {
            if (allowed != null && !allowed.contains(operation)) {
                return new TopicAuthorizationException(
                        "topic " + topic + ": not authorized (expected: " + operation + ")", Set.of(topic));
            }
        }
        return null;
    }

    static UnknownTopicOrPartitionException missing(String topic) {
        return new UnknownTopicOrPartitionException(
                "topic " + topic + ": does not exist (expected: freshet topics create)");
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
