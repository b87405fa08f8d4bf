package io.freshet.server.ingest;

import static io.freshet.server.ingest.FollowedTopic.PARTITION;
import static io.freshet.server.ingest.FollowedTopic.TOPIC;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Kafka's mock consumer, with a topic of one partition that contains the given values. */
final class FakeConsumer extends MockConsumer<byte[], byte[]> {
    private final String[] values;
    boolean failsToClose;
    volatile boolean hangs;
    volatile boolean missing;
    volatile double connections = 1;

    FakeConsumer(String... values) {
        super("earliest");
        this.values = values;
        updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, Node.noNode(), new Node[0], new Node[0])));
        updateBeginningOffsets(Map.of(PARTITION, 0L));
        updateEndOffsets(Map.of(PARTITION, (long) values.length));
    }

    @Override
    public synchronized void assign(Collection<TopicPartition> partitions) {
        super.assign(partitions);
        for (int i = 0; i < values.length; i++) {
            addRecord(new ConsumerRecord<>(TOPIC, 0, i, null, values[i].getBytes(UTF_8)));
        }
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
        if (missing && hangs) {
            throw new TimeoutException("no answer");
        }
        return missing ? List.of() : super.partitionsFor(topic, timeout);
    }

    @Override
    public Map<TopicPartition, Long> endOffsets(Collection<TopicPartition> partitions, Duration timeout) {
        if (hangs) {
            throw new TimeoutException("no answer");
        }
        return super.endOffsets(partitions, timeout);
    }

    @Override
    public synchronized Map<MetricName, Metric> metrics() {
        MetricName name = new MetricName("connection-count", "consumer-metrics", "", Map.of());
        return Map.of(name, new Metric() {
            @Override
            public MetricName metricName() {
                return name;
            }

            @Override
            public Object metricValue() {
                return connections;
            }
        });
    }

    @Override
    public void close(CloseOptions options) {
        super.close(options);
        if (failsToClose) {
            throw new IllegalStateException("close failed");
        }
    }
}
