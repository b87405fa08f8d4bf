package io.freshet.server.ingest;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.freshness.SignsOfLife;
import io.freshet.server.metrics.ServerMetrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all partitions of a topic from the beginning, indefinitely, on its own thread.
 *
 * <p>Waits for a missing topic or broker. After any error, reads again from the beginning, which sinks must tolerate. A
 * record that the sink rejects or fails on is skipped, logged, and counted once. Partitions added later are read too.
 */
public final class TopicFollower implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TopicFollower.class);
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    /** Short, because there is no group to leave and no offset to commit. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(100);

    private static final long RETRY_MILLIS = 1000;
    /** After this long without a record, the brokers are asked whether they are there. */
    private static final long SILENCE_MILLIS = 5_000;

    private final Supplier<Consumer<byte[], byte[]>> open;
    private final Function<KafkaException, String> reason;
    private final String topic;
    private final RecordSink sink;
    private final ServerMetrics metrics;
    private final SignsOfLife signs;
    private final InstantSource clock;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<TopicPartition, Long> targets = new HashMap<>();
    private final Map<TopicPartition, Long> lastSkipped = new HashMap<>();
    private @Nullable String problem;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile boolean caughtUp;
    private volatile boolean missing;
    /** When the brokers last answered, milliseconds since 1970, UTC. */
    private long answeredAt;

    private boolean unreachable;

    /**
     * What learns about the progress of a follower.
     *
     * @param metrics counts lag and broken records
     * @param signs told whether the brokers answer, at the times of {@code clock}
     */
    public record Observers(ServerMetrics metrics, SignsOfLife signs, InstantSource clock) {}

    public TopicFollower(ConsumerSettings settings, String topic, RecordSink sink, Observers observers) {
        this(() -> settings.open(topic), settings::reason, topic, sink, observers);
    }

    /**
     * @param open creates a new consumer for each attempt
     * @param reason explains why a consumer failed
     */
    TopicFollower(
            Supplier<Consumer<byte[], byte[]>> open,
            Function<KafkaException, String> reason,
            String topic,
            RecordSink sink,
            Observers observers) {
        this.open = open;
        this.reason = reason;
        this.topic = topic;
        this.sink = sink;
        metrics = observers.metrics();
        metrics.lag(topic, Double.NaN);
        signs = observers.signs();
        clock = observers.clock();
        answeredAt = clock.millis();
        thread = new Thread(this::run, "follow " + topic);
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Returns whether all records have been read that the topic had when it was first reached. */
    public boolean caughtUp() {
        return caughtUp;
    }

    /** Like {@link #caughtUp}, but also true while the topic does not exist. */
    public boolean caughtUpOrMissing() {
        return caughtUp || missing;
    }

    /** Stops reading and waits for the thread to end. */
    @Override
    public void close() {
        closed.countDown();
        Consumer<byte[], byte[]> open = consumer;
        if (open != null) {
            open.wakeup();
        }
        try {
            thread.join(REQUEST_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            do {
                attempt();
            } while (!closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads until an error. No error may end the thread, because the server would then be ready but stale. */
    private void attempt() throws InterruptedException {
        if (closed.getCount() == 0) {
            return;
        }
        if (!caughtUp) {
            // The topic may have been recreated.
            targets.clear();
        }
        try {
            connect();
        } catch (WakeupException | InterruptException e) {
            log.debug("{}: interrupted", topic);
        } catch (KafkaException e) {
            String why = reason.apply(e);
            if (!isUnreachable(e, why)) {
                report(why);
            }
            unreachable(clock.millis());
        } catch (RuntimeException | Error e) {
            report(e.toString());
            log.debug("{}", topic, e);
        }
        metrics.lag(topic, Double.NaN);
    }

    private void connect() throws InterruptedException {
        Consumer<byte[], byte[]> attempt = open.get();
        try {
            consumer = attempt;
            follow(attempt);
        } finally {
            consumer = null;
            attempt.close(CloseOptions.timeout(CLOSE_TIMEOUT));
        }
    }

    private void follow(Consumer<byte[], byte[]> from) throws InterruptedException {
        List<PartitionInfo> partitions = from.partitionsFor(topic, REQUEST_TIMEOUT);
        answered();
        while (partitions == null || partitions.isEmpty()) {
            missing = true;
            report("the topic does not exist yet");
            if (closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
            partitions = from.partitionsFor(topic, REQUEST_TIMEOUT);
        }
        assign(from, partitions);
        missing = false;
        if (problem != null) {
            log.info("{}: found, with {} partitions", topic, partitions.size());
            problem = null;
        }
        while (closed.getCount() > 0) {
            var records = from.poll(POLL_TIMEOUT);
            records.forEach(this::deliver);
            updateProgress(from);
            checkBrokers(from, !records.isEmpty());
            if (records.isEmpty()) {
                List<PartitionInfo> now = from.partitionsFor(topic, REQUEST_TIMEOUT);
                if (now != null && now.size() > from.assignment().size()) {
                    assign(from, now);
                }
            }
        }
    }

    /** Assigns all partitions, and starts new ones at the beginning. */
    private void assign(Consumer<byte[], byte[]> from, List<PartitionInfo> partitions) {
        List<TopicPartition> all = partitions.stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        List<TopicPartition> added = new ArrayList<>(all);
        added.removeAll(from.assignment());
        from.assign(all);
        from.seekToBeginning(added);
        if (!caughtUp) {
            from.endOffsets(added, REQUEST_TIMEOUT).forEach(targets::putIfAbsent);
        }
    }

    private void deliver(ConsumerRecord<byte[], byte[]> record) {
        try {
            sink.accept(record.key(), record.value());
        } catch (MalformedRecordException | RuntimeException | Error e) {
            // Catches errors too, so that a bad record does not block those after it.
            // On OutOfMemoryError, the JVM options of the container image end the process.
            skip(record, e);
        }
    }

    private void skip(ConsumerRecord<byte[], byte[]> record, Throwable cause) {
        TopicPartition partition = new TopicPartition(record.topic(), record.partition());
        if (record.offset() <= lastSkipped.getOrDefault(partition, -1L)) {
            return;
        }
        lastSkipped.put(partition, record.offset());
        metrics.broken(topic);
        log.warn(
                "{}, partition {}, offset {}: record skipped: {}",
                record.topic(),
                record.partition(),
                record.offset(),
                cause instanceof MalformedRecordException ? cause.getMessage() : cause.toString());
    }

    private void updateProgress(Consumer<byte[], byte[]> from) {
        long lag = 0;
        for (TopicPartition partition : from.assignment()) {
            lag += from.currentLag(partition).orElse(0);
        }
        metrics.lag(topic, connected(from) ? lag : Double.NaN);
        if (!caughtUp) {
            caughtUp = targets.entrySet().stream()
                    .allMatch(target -> from.position(target.getKey(), REQUEST_TIMEOUT) >= target.getValue());
        }
    }

    /** Notices brokers that are gone, and those that hang: these stay connected, but do not answer. */
    private void checkBrokers(Consumer<byte[], byte[]> from, boolean received) {
        long now = clock.millis();
        if (received) {
            answered();
        } else if (!connected(from)) {
            unreachable(now);
        } else if (unreachable || now - answeredAt >= SILENCE_MILLIS) {
            try {
                from.endOffsets(from.assignment(), REQUEST_TIMEOUT);
                answered();
            } catch (TimeoutException e) {
                unreachable(answeredAt);
            }
        }
    }

    private void answered() {
        answeredAt = clock.millis();
        unreachable = false;
        signs.reachable(topic);
        metrics.reachable(topic);
    }

    private void unreachable(long since) {
        unreachable = true;
        signs.unreachable(topic, since);
        metrics.unreachable(topic);
    }

    /** Returns whether a broker is connected. Without one, the client waits silently. */
    private static boolean connected(Consumer<byte[], byte[]> consumer) {
        return consumer.metrics().values().stream()
                .filter(metric -> metric.metricName().name().equals("connection-count"))
                .allMatch(metric -> metric.metricValue() instanceof Number count && count.doubleValue() > 0);
    }

    /** Logs a problem once, until it changes or is resolved. */
    private void report(String why) {
        if (!why.equals(problem) && closed.getCount() > 0) {
            problem = why;
            log.info("{}: waiting: {}", topic, why);
        }
    }

    /** Returns whether no broker answers, which {@link BrokerWatch} reports for all topics. */
    private static boolean isUnreachable(KafkaException e, String why) {
        return e instanceof TimeoutException || why.contains("No resolvable bootstrap");
    }
}
