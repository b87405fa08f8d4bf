package io.freshet.server.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.evaluation.LatestEvaluations;
import io.freshet.schemas.freshness.Condition;
import io.freshet.schemas.freshness.SignsOfLife;
import io.freshet.schemas.freshness.State;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.store.ModelStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Would catch an error that ends the thread and leaves the server ready but stale. */
@Timeout(60)
class TopicFollowerTest {
    private static final String TOPIC = "t";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    private final ModelStore store = new ModelStore();
    private final LatestEvaluations evaluations = new LatestEvaluations();
    private final SignsOfLife signs = new SignsOfLife();
    private final ModelConditions conditions = new ModelConditions(store, evaluations, signs);
    private final AtomicLong now = new AtomicLong(1_000);
    private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    private final ServerMetrics metrics = new ServerMetrics(store, evaluations, conditions, clock);
    private final List<String> received = new CopyOnWriteArrayList<>();
    /** One consumer per attempt; an attempt waits until a consumer is added. */
    private final BlockingQueue<Supplier<Consumer<byte[], byte[]>>> attempts = new LinkedBlockingQueue<>();

    private final RecordSink sink = new RecordSink() {
        @Override
        public void accept(byte[] key, byte[] value, int partition) throws MalformedRecordException {
            receive(value);
        }

        @Override
        public void recreated() {
            received.add("recreated");
        }
    };

    private final TopicFollower follower = new TopicFollower(
            this::open, String::valueOf, TOPIC, sink, new TopicFollower.Observers(metrics, signs, clock));
    private volatile Uuid topicId = Uuid.randomUuid();

    @AfterEach
    void close() {
        attempts.add(FakeConsumer::new);
        follower.close();
        metrics.close();
    }

    /** Would catch a tombstone that is read again, and removes a model that has been published since. */
    @Test
    void continues_after_the_last_record_after_any_error() {
        FakeConsumer failing = new FakeConsumer("a", "b");
        failing.schedulePollTask(() -> {});
        failing.schedulePollTask(() -> {
            throw new IllegalStateException("poll failed");
        });
        failing.failsToClose = true;
        attempts.add(() -> {
            throw new NoClassDefFoundError("open failed");
        });
        attempts.add(() -> failing);
        follower.start();

        await().untilAsserted(() -> assertThat(received).containsExactly("a", "b"));
        assertThat(follower.caughtUp()).isTrue();
        await().untilAsserted(() -> assertThat(lag()).as("no consumer").isEqualTo("NaN"));
        attempts.add(() -> new FakeConsumer("a", "b", "c"));

        await().untilAsserted(() -> assertThat(received).containsExactly("a", "b", "c"));
        await().untilAsserted(() -> assertThat(lag()).isEqualTo("0.0"));
    }

    /** Would catch a consumer that goes on at its offset in the new topic, and misses the records before. */
    @Test
    void reads_a_recreated_topic_from_its_beginning_after_telling_the_sink() {
        FakeConsumer old = new FakeConsumer("a", "b");
        attempts.add(() -> old);
        follower.start();
        await().until(() -> received.size() == 2);

        topicId = Uuid.randomUuid();
        now.addAndGet(10_000);
        attempts.add(() -> new FakeConsumer("c", "d", "e"));
        await().untilAsserted(() -> assertThat(received).containsExactly("a", "b", "recreated", "c", "d", "e"));
    }

    @Test
    void a_topic_that_was_recreated_while_no_broker_answered_is_read_from_its_beginning() {
        FakeConsumer failing = new FakeConsumer("a", "b");
        failing.schedulePollTask(() -> {});
        failing.schedulePollTask(() -> {
            topicId = Uuid.randomUuid();
            throw new TimeoutException("no broker");
        });
        attempts.add(() -> failing);
        attempts.add(() -> new FakeConsumer("c", "d", "e"));
        follower.start();

        await().untilAsserted(() -> assertThat(received).containsExactly("a", "b", "recreated", "c", "d", "e"));
    }

    @Test
    void the_lag_is_nan_while_no_broker_is_connected() {
        FakeConsumer consumer = new FakeConsumer("a");
        attempts.add(() -> consumer);
        follower.start();
        await().untilAsserted(() -> assertThat(lag()).isEqualTo("0.0"));

        consumer.connections = 0;
        await().untilAsserted(() -> assertThat(lag()).isEqualTo("NaN"));

        consumer.connections = 2;
        await().untilAsserted(() -> assertThat(lag()).isEqualTo("0.0"));
    }

    @Test
    void the_broker_is_gone_while_no_broker_is_connected() {
        FakeConsumer consumer = new FakeConsumer("a");
        attempts.add(() -> consumer);
        follower.start();
        await().until(() -> received.size() == 1);
        assertThat(condition()).isEqualTo(new Condition(State.TRAINER_GONE, null, null));

        consumer.connections = 0;
        await().untilAsserted(() -> assertThat(condition()).isEqualTo(new Condition(State.BROKER_GONE, 1_000L, null)));

        consumer.connections = 1;
        await().untilAsserted(() -> assertThat(condition().state()).isEqualTo(State.TRAINER_GONE));
    }

    /** Would catch a paused broker, whose connections stay open. */
    @Test
    void the_broker_is_gone_since_its_last_answer_if_it_is_connected_but_silent() {
        FakeConsumer consumer = new FakeConsumer("a");
        attempts.add(() -> consumer);
        follower.start();
        await().until(() -> received.size() == 1);

        consumer.hangs = true;
        now.set(10_000);
        await().untilAsserted(() -> assertThat(condition()).isEqualTo(new Condition(State.BROKER_GONE, 1_000L, null)));
        assertThat(metric("freshet_broker_connected")).isEqualTo("0.0");

        consumer.hangs = false;
        await().untilAsserted(() -> assertThat(condition().state()).isEqualTo(State.TRAINER_GONE));
    }

    @Test
    void the_broker_is_gone_if_no_consumer_can_connect() {
        attempts.add(() -> {
            throw new TimeoutException("no broker");
        });
        follower.start();
        await().untilAsserted(() -> assertThat(condition()).isEqualTo(new Condition(State.BROKER_GONE, 1_000L, null)));

        attempts.add(() -> new FakeConsumer("a"));
        await().untilAsserted(() -> assertThat(condition().state()).isEqualTo(State.TRAINER_GONE));
    }

    /** Would catch a server that is ready before it has read a topic that was created after its start. */
    @Test
    void a_topic_that_appears_is_no_longer_missing() {
        FakeConsumer consumer = new FakeConsumer("a");
        consumer.missing = true;
        consumer.updateEndOffsets(Map.of(PARTITION, 2L));
        attempts.add(() -> consumer);
        follower.start();
        await().until(follower::caughtUpOrMissing);
        assertThat(follower.caughtUp()).isFalse();

        consumer.missing = false;
        await().until(() -> received.size() == 1);
        assertThat(follower.caughtUpOrMissing()).as("one record is left").isFalse();
    }

    /** Would catch an alert on brokers that are there, for a topic that a deployment may never have. */
    @Test
    void the_brokers_of_a_missing_topic_are_reached_until_they_stop_answering() {
        FakeConsumer consumer = new FakeConsumer();
        consumer.missing = true;
        attempts.add(() -> consumer);
        follower.start();
        await().until(follower::caughtUpOrMissing);
        await().untilAsserted(
                        () -> assertThat(metric("freshet_broker_connected")).isEqualTo("1.0"));
        assertThat(lag()).isEqualTo("NaN");

        consumer.hangs = true;
        await().untilAsserted(
                        () -> assertThat(metric("freshet_broker_connected")).isEqualTo("0.0"));
    }

    private Condition condition() {
        return conditions.of("m", now.get());
    }

    /** Would catch a server that waits for the end of a topic that has since been recreated with fewer records. */
    @Test
    void catches_up_with_a_recreated_topic_that_is_shorter() {
        FakeConsumer longer = new FakeConsumer("a");
        longer.updateEndOffsets(Map.of(PARTITION, 100L));
        longer.schedulePollTask(() -> {});
        longer.schedulePollTask(() -> {
            topicId = Uuid.randomUuid();
            throw new IllegalStateException("the topic was deleted");
        });
        attempts.add(() -> longer);
        attempts.add(() -> new FakeConsumer("b"));
        follower.start();

        await().until(follower::caughtUp);
        assertThat(received).containsExactly("a", "recreated", "b");
    }

    @Test
    void a_record_that_fails_is_skipped_and_counted_once() {
        FakeConsumer failing = new FakeConsumer("a", "malformed", "error", "b");
        failing.schedulePollTask(() -> {});
        failing.schedulePollTask(() -> {
            throw new IllegalStateException("connect again");
        });
        attempts.add(() -> failing);
        attempts.add(() -> new FakeConsumer("a", "malformed", "error", "b", "c"));
        follower.start();

        await().untilAsserted(() -> assertThat(received).containsExactly("a", "b", "c"));
        assertThat(metrics.scrape()).contains("freshet_records_broken_total{topic=\"t\"} 2.0");
    }

    private TopicConnection open() {
        try {
            return new TopicConnection(attempts.take().get(), () -> topicId);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void receive(byte[] value) throws MalformedRecordException {
        String text = new String(value, UTF_8);
        if (text.equals("malformed")) {
            throw new MalformedRecordException(text);
        }
        if (text.equals("error")) {
            throw new NoClassDefFoundError(text);
        }
        received.add(text);
    }

    private String lag() {
        return metric("freshet_lag_records");
    }

    private String metric(String metric) {
        String name = metric + "{topic=\"t\"} ";
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()))
                .findFirst()
                .orElse("none");
    }

    /** Kafka's mock consumer, with a topic of one partition that contains the given values. */
    private static final class FakeConsumer extends MockConsumer<byte[], byte[]> {
        private final String[] values;
        private boolean failsToClose;
        private volatile boolean hangs;
        private volatile boolean missing;
        private volatile double connections = 1;

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
}
