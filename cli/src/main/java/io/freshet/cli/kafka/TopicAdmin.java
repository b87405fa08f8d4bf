package io.freshet.cli.kafka;

import io.freshet.cli.console.CommandException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Finds, creates, and deletes topics. */
public final class TopicAdmin implements AutoCloseable {
    private static final String CLEANUP_POLICY = "cleanup.policy";
    private static final long VISIBLE_NANOS = 10_000_000_000L;
    private static final long POLL_MILLIS = 20;

    private final KafkaOptions kafka;
    private final Admin admin;

    /** An existing topic. */
    public record Found(int partitions, int replicationFactor, String cleanupPolicy) {}

    public TopicAdmin(KafkaOptions kafka) throws CommandException {
        this.kafka = kafka;
        admin = kafka.connect();
    }

    /** @throws CommandException if the topic does not exist */
    public void require(String topic) throws CommandException {
        require(List.of(topic));
    }

    /**
     * Returns Kafka's id of a topic, which another topic of this name will not have.
     *
     * @throws CommandException if the topic does not exist
     */
    public String id(String topic) throws CommandException {
        TopicDescription found = describe(List.of(topic)).get(topic);
        if (found == null) {
            throw TopicReader.missing(topic);
        }
        return found.topicId().toString();
    }

    /** Returns the existing topics among {@code names}. */
    public Map<String, Found> find(List<String> names) throws CommandException {
        Map<String, Found> found = new LinkedHashMap<>();
        for (Map.Entry<String, TopicDescription> topic : describe(names).entrySet()) {
            List<TopicPartitionInfo> partitions = topic.getValue().partitions();
            int replicas = partitions.get(0).replicas().size();
            found.put(topic.getKey(), new Found(partitions.size(), replicas, cleanupPolicy(topic.getKey())));
        }
        return found;
    }

    private Map<String, TopicDescription> describe(List<String> names) throws CommandException {
        Map<String, TopicDescription> existing = new LinkedHashMap<>();
        Map<String, KafkaFuture<TopicDescription>> described =
                admin.describeTopics(names).topicNameValues();
        for (String name : names) {
            KafkaFuture<TopicDescription> future = described.get(name);
            TopicDescription topic = future == null ? null : get(name, future, UnknownTopicOrPartitionException.class);
            if (topic != null) {
                existing.put(name, topic);
            }
        }
        return existing;
    }

    /** @throws CommandException naming the first topic that does not exist */
    public void require(List<String> names) throws CommandException {
        // Unlike find, this needs no right to read the settings of topics.
        Map<String, TopicDescription> existing = describe(names);
        for (String name : names) {
            if (!existing.containsKey(name)) {
                throw TopicReader.missing(name);
            }
        }
    }

    /**
     * Creates a topic, and waits until the broker knows it.
     *
     * @param replicationFactor copies of each partition, or -1 for the brokers' default
     * @return false if the topic already exists
     */
    public boolean create(TopicPlan plan, int replicationFactor) throws CommandException {
        return create(List.of(plan), replicationFactor).contains(plan.name());
    }

    /**
     * Creates topics in one request, and waits until the broker knows them.
     *
     * @param replicationFactor copies of each partition, or -1 for the brokers' default
     * @return the names of those that did not exist
     */
    public Set<String> create(List<TopicPlan> plans, int replicationFactor) throws CommandException {
        List<NewTopic> topics =
                plans.stream().map(plan -> topic(plan, replicationFactor)).toList();
        Map<String, KafkaFuture<Void>> created = admin.createTopics(topics).values();
        Set<String> isNew = new LinkedHashSet<>();
        for (Map.Entry<String, KafkaFuture<Void>> topic : created.entrySet()) {
            KafkaFuture<Boolean> done = topic.getValue().thenApply(nothing -> true);
            if (get(topic.getKey(), done, TopicExistsException.class) != null) {
                isNew.add(topic.getKey());
            }
        }
        awaitVisible(List.copyOf(created.keySet()));
        return isNew;
    }

    private static NewTopic topic(TopicPlan plan, int replicationFactor) {
        Map<String, String> settings = new HashMap<>(plan.settings());
        settings.put(CLEANUP_POLICY, plan.cleanupPolicy());
        return new NewTopic(plan.name(), plan.partitions(), (short) replicationFactor).configs(settings);
    }

    /** A broker learns of a topic only after the controller has created it, so the next command might not find it yet. */
    private void awaitVisible(List<String> topics) throws CommandException {
        long start = System.nanoTime();
        try {
            while (describe(topics).size() < topics.size() && System.nanoTime() - start < VISIBLE_NANOS) {
                Thread.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }

    /** Deletes topics that exist. */
    public void delete(List<String> names) throws CommandException {
        Map<String, KafkaFuture<Void>> deleted = admin.deleteTopics(names).topicNameValues();
        for (Map.Entry<String, KafkaFuture<Void>> topic : deleted.entrySet()) {
            get(topic.getKey(), topic.getValue(), UnknownTopicOrPartitionException.class);
        }
    }

    private String cleanupPolicy(String topic) throws CommandException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        KafkaFuture<Config> config =
                admin.describeConfigs(List.of(resource)).all().thenApply(all -> all.get(resource));
        Config found = get(topic, config, UnknownTopicOrPartitionException.class);
        return found == null ? "" : found.get(CLEANUP_POLICY).value();
    }

    /** Returns a future's result, or null if it fails with {@code expected}. */
    private <T> @org.jspecify.annotations.Nullable T get(
            String topic, KafkaFuture<T> future, Class<? extends Exception> expected) throws CommandException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (expected.isInstance(cause)) {
                return null;
            }
            throw kafka.failure("topic " + topic, cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
