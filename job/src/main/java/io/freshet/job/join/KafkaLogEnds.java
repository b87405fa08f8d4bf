package io.freshet.job.join;

import io.freshet.schemas.kafka.KafkaSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.jspecify.annotations.Nullable;

/** Asks the brokers. Connects when it first asks. */
public final class KafkaLogEnds implements LogEnds {
    private static final int TIMEOUT_MILLIS = 5_000;

    private final List<String> topics;
    private final Properties properties;
    private @Nullable Admin admin;
    private boolean closed;

    /** @param properties of its client, including the bootstrap servers; those of other clients are ignored */
    public KafkaLogEnds(List<String> topics, Properties properties) {
        this.topics = topics;
        this.properties = new Properties();
        this.properties.putAll(properties);
        KafkaSettings.removeOthers(
                this.properties,
                AdminClientConfig.configNames(),
                ConsumerConfig.configNames(),
                ProducerConfig.configNames());
    }

    @Override
    public Map<TopicPartition, Log> read() throws Exception {
        Admin open = open();
        Map<TopicPartition, Log> logs = new HashMap<>();
        List<TopicPartition> led = new ArrayList<>();
        for (TopicDescription topic : open.describeTopics(topics, new DescribeTopicsOptions().timeoutMs(TIMEOUT_MILLIS))
                .allTopicNames()
                .get()
                .values()) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                TopicPartition id = new TopicPartition(topic.name(), partition.partition());
                logs.put(id, Log.UNKNOWN);
                if (partition.leader() != null) {
                    led.add(id);
                }
            }
        }
        ListOffsetsResult ends = list(led, OffsetSpec.latest(), open);
        ListOffsetsResult starts = list(led, OffsetSpec.earliest(), open);
        for (TopicPartition partition : led) {
            try {
                long end = ends.partitionResult(partition).get().offset();
                logs.put(
                        partition,
                        new Log(starts.partitionResult(partition).get().offset(), end));
            } catch (ExecutionException e) {
                // Its broker is away. Those of others are not.
            }
        }
        return logs;
    }

    private static ListOffsetsResult list(List<TopicPartition> partitions, OffsetSpec what, Admin admin) {
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        partitions.forEach(partition -> all.put(partition, what));
        return admin.listOffsets(all, new ListOffsetsOptions().timeoutMs(TIMEOUT_MILLIS));
    }

    private synchronized Admin open() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        Admin open = admin;
        if (open == null) {
            open = Admin.create(properties);
            admin = open;
        }
        return open;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
