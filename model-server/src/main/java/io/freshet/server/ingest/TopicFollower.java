package io.freshet.server.ingest;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.facts.SignsOfLife;
import io.freshet.server.metrics.ServerMetrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all partitions of a topic from the beginning, indefinitely, on its own thread.
 *
 * <p>Waits for a missing topic or broker. After any error, continues after the last record that it delivered, so that the sink
 * receives each record once; only if brokers lose records, a partition is read again. A topic that was deleted and created
 * again is read from its beginning, after telling the sink. A record that the sink rejects or fails on is skipped, logged, and
 * counted. Partitions added later are read too.
 */
public final class TopicFollower implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TopicFollower.class);
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final long RETRY_MILLIS = 1000;
    /** A right that the server does not need may be granted at any time. */
    private static final long REFUSED_MILLIS = 30_000;
    /** How often the brokers are asked whether the topic is still the same. */
    private static final long IDENTITY_MILLIS = 5_000;

    private final Supplier<TopicConnection> open;
    private final Function<KafkaException, String> reason;
    private final String topic;
    private final RecordSink sink;
    private final ServerMetrics metrics;
    private final BrokerReachability brokers;
    private final InstantSource clock;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final TopicProgress progress;
    private long identifiedAt;
    private long pauseMillis = RETRY_MILLIS;
    private @Nullable String problem;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile boolean missing;
    private volatile boolean refused;

    /**
     * What learns about the progress of a follower.
     *
     * @param metrics counts lag and broken records
     * @param signs told whether the brokers answer, at the times of {@code clock}
     */
    public record Observers(ServerMetrics metrics, SignsOfLife signs, InstantSource clock) {}

    public TopicFollower(ConsumerSettings settings, String topic, RecordSink sink, Observers observers) {
        this(() -> settings.connect(topic), settings::reason, topic, sink, observers);
    }

    /**
     * @param open creates a new connection for each attempt
     * @param reason explains why a consumer failed
     */
    TopicFollower(
            Supplier<TopicConnection> open,
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
        brokers = new BrokerReachability(topic, observers, sink::isOptional);
        clock = observers.clock();
        progress = new TopicProgress(topic);
        thread = new Thread(this::run, "follow " + topic);
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Returns whether all records have been read that the topic had when it was first reached. */
    public boolean caughtUp() {
        return progress.caughtUp();
    }

    /** Like {@link #caughtUp}, but also true while the topic does not exist, or brokers refuse to let an optional one be read. */
    public boolean caughtUpOrMissing() {
        return caughtUp() || missing || refused;
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
            } while (!closed.await(pauseMillis, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads until an error. No error may end the thread, because the server would then be ready but stale. */
    private void attempt() throws InterruptedException {
        if (closed.getCount() == 0) {
            return;
        }
        progress.connect();
        pauseMillis = RETRY_MILLIS;
        try {
            connect();
        } catch (WakeupException | InterruptException e) {
            log.debug("{}: interrupted", topic);
        } catch (KafkaException e) {
            String why = reason.apply(e);
            if (!isUnreachable(e, why)) {
                report(why);
            }
            if (e instanceof AuthorizationException && sink.isOptional()) {
                brokers.answered();
                refused = true;
                pauseMillis = REFUSED_MILLIS;
            } else {
                brokers.failed();
            }
        } catch (RuntimeException | Error e) {
            report(e.toString());
            log.debug("{}", topic, e);
        }
        metrics.lag(topic, Double.NaN);
    }

    private void connect() throws InterruptedException {
        TopicConnection connection = open.get();
        try {
            consumer = connection.consumer();
            follow(connection.consumer(), connection.topic());
        } finally {
            consumer = null;
            connection.close();
        }
    }

    private void follow(Consumer<byte[], byte[]> from, TopicConnection.Identity identity) throws InterruptedException {
        List<PartitionInfo> partitions = from.partitionsFor(topic, REQUEST_TIMEOUT);
        brokers.answered();
        while (partitions == null || partitions.isEmpty()) {
            missing = true;
            report("the topic does not exist yet");
            if (closed.await(RETRY_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
            partitions = from.partitionsFor(topic, REQUEST_TIMEOUT);
        }
        identify(identity);
        progress.assign(from, partitions);
        missing = false;
        refused = false;
        if (problem != null) {
            log.info("{}: found, with {} partitions", topic, partitions.size());
            problem = null;
        }
        while (closed.getCount() > 0) {
            var records = from.poll(POLL_TIMEOUT);
            records.forEach(this::deliver);
            showLag(from);
            if (progress.advance(from, records.nextOffsets())) {
                sink.caughtUp();
                progress.reached();
            }
            brokers.check(from, !records.isEmpty());
            if (isRecreated(identity)) {
                return;
            }
            if (records.isEmpty()) {
                List<PartitionInfo> now = from.partitionsFor(topic, REQUEST_TIMEOUT);
                if (now != null && now.size() > from.assignment().size()) {
                    progress.assign(from, now);
                }
            }
        }
    }

    private boolean isRecreated(TopicConnection.Identity identity) {
        return brokers.answer() && clock.millis() - identifiedAt >= IDENTITY_MILLIS && identify(identity);
    }

    /** Identifies the topic; returns whether it has been recreated, and is now read from its beginning. */
    private boolean identify(TopicConnection.Identity identity) {
        boolean recreated = progress.identify(identity.id());
        identifiedAt = clock.millis();
        if (recreated) {
            log.info("{}: the topic was deleted and created again; reading it from its beginning", topic);
            sink.recreated();
        }
        return recreated;
    }

    private void deliver(ConsumerRecord<byte[], byte[]> record) {
        try {
            sink.accept(record.key(), record.value(), record.partition());
        } catch (MalformedRecordException | RuntimeException | Error e) {
            // Catches errors too, so that a bad record does not block those after it.
            // On OutOfMemoryError, the JVM options of the container image end the process.
            skip(record, e);
        }
    }

    private void skip(ConsumerRecord<byte[], byte[]> record, Throwable cause) {
        metrics.broken(topic);
        log.warn(
                "{}, partition {}, offset {}: record skipped: {}",
                record.topic(),
                record.partition(),
                record.offset(),
                cause instanceof MalformedRecordException ? cause.getMessage() : cause.toString());
    }

    private void showLag(Consumer<byte[], byte[]> from) {
        long lag = 0;
        for (TopicPartition partition : from.assignment()) {
            lag += from.currentLag(partition).orElse(0);
        }
        metrics.lag(topic, BrokerReachability.isConnected(from) ? lag : Double.NaN);
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
