package io.freshet.server.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.facts.Condition;
import io.freshet.schemas.facts.LatestEvaluations;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.store.ModelStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/** A topic of one partition that is followed, over connections that a test provides. */
final class FollowedTopic implements AutoCloseable {
    static final String TOPIC = "t";
    static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);

    private final ModelStore store = new ModelStore();
    private final LatestEvaluations evaluations = new LatestEvaluations();
    private final SignsOfLife signs = new SignsOfLife();
    private final ModelConditions conditions = new ModelConditions(store, evaluations, signs);
    final AtomicLong now = new AtomicLong(1_000);
    private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    final ServerMetrics metrics = new ServerMetrics(store, evaluations, conditions, clock);
    volatile boolean optional;
    final List<String> received = new CopyOnWriteArrayList<>();
    /** How much was received each time that the topic was read to its end. */
    final List<Integer> reached = new CopyOnWriteArrayList<>();
    /** One consumer per attempt; an attempt waits until a consumer is added. */
    final BlockingQueue<Supplier<Consumer<byte[], byte[]>>> attempts = new LinkedBlockingQueue<>();

    private final RecordSink sink = new RecordSink() {
        @Override
        public void accept(byte[] key, byte[] value, int partition) throws MalformedRecordException {
            receive(value);
        }

        @Override
        public void recreated() {
            received.add("recreated");
        }

        @Override
        public void caughtUp() {
            reached.add(received.size());
        }

        @Override
        public boolean isOptional() {
            return optional;
        }
    };

    final TopicFollower follower = new TopicFollower(
            this::open, String::valueOf, TOPIC, sink, new TopicFollower.Observers(metrics, signs, clock));
    volatile Uuid topicId = Uuid.randomUuid();

    @Override
    public void close() {
        attempts.add(FakeConsumer::new);
        follower.close();
        metrics.close();
    }

    Condition condition() {
        return conditions.of("m", now.get());
    }

    String lag() {
        return metric("freshet_lag_records");
    }

    String metric(String metric) {
        String name = metric + "{topic=\"t\"} ";
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()))
                .findFirst()
                .orElse("none");
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
}
