package io.freshet.server.ingest;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Asks the brokers to describe a topic. Consumers do not tell its id. */
record DescribedTopic(Admin admin, String topic) implements TopicConnection.Identity {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Override
    public @Nullable Uuid id() {
        try {
            KafkaFuture<TopicDescription> described = Objects.requireNonNull(
                    admin.describeTopics(List.of(topic)).topicNameValues().get(topic), topic);
            return described.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).topicId();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e.getCause() instanceof KafkaException failure ? failure : new KafkaException(e.getCause());
        } catch (java.util.concurrent.TimeoutException e) {
            throw new TimeoutException("no answer within " + TIMEOUT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
