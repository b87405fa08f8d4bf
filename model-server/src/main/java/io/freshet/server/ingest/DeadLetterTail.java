package io.freshet.server.ingest;

import io.freshet.schemas.facts.Rejections;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows topics of dead letters from their ends, those created later from their beginnings, on its own thread, and counts
 * what each model rejects. Reads about {@value #RECORDS} letters a second; of a flood, it reads some and skips to the end, and
 * the offsets give the rate. Without a topic, or the right to read it, rejections are unknown, and everything else works: its
 * failures say nothing about the brokers.
 */
public final class DeadLetterTail implements AutoCloseable {
    static final int RECORDS = 500;
    private static final Logger log = LoggerFactory.getLogger(DeadLetterTail.class);
    private static final long PERIOD_MILLIS = 1_000;
    /** How often topics are looked up, or a failed connection is opened again. */
    private static final long LOOK_UP_MILLIS = 10_000;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    /** Short, because there is no group to leave and no offset to commit. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(100);

    private final Supplier<Consumer<byte[], byte[]>> open;
    private final Function<KafkaException, String> reason;
    private final Supplier<Set<String>> topics;
    private final UnaryOperator<String> shown;
    private final Rejections rejections;
    private final InstantSource clock;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private Set<String> followed = Set.of();
    /** Topics that the last look-up of this connection asked for and was allowed to. */
    private final Set<String> answered = new HashSet<>();
    /** Partitions that this connection has found. */
    private final Set<TopicPartition> found = new HashSet<>();

    private long lookedUpAt;
    /** Why a topic may not be read; null if all may. */
    private @Nullable String refusal;

    private @Nullable String problem;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;

    /**
     * @param topics the topics of dead letters
     * @param shown returns what may be shown of the reason of a letter
     * @param rejections receives what is read
     */
    public DeadLetterTail(
            ConsumerSettings settings,
            Supplier<Set<String>> topics,
            UnaryOperator<String> shown,
            Rejections rejections,
            InstantSource clock) {
        this(() -> settings.openBounded("rejections", RECORDS), settings::reason, topics, shown, rejections, clock);
    }

    /**
     * @param open creates a new consumer for each attempt
     * @param reason explains why a consumer failed
     */
    DeadLetterTail(
            Supplier<Consumer<byte[], byte[]>> open,
            Function<KafkaException, String> reason,
            Supplier<Set<String>> topics,
            UnaryOperator<String> shown,
            Rejections rejections,
            InstantSource clock) {
        this.open = open;
        this.reason = reason;
        this.topics = topics;
        this.shown = shown;
        this.rejections = rejections;
        this.clock = clock;
        thread = new Thread(this::run, "follow dead letters");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** Stops reading and waits for the thread to end. */
    @Override
    public void close() {
        closed.countDown();
        Consumer<byte[], byte[]> current = consumer;
        if (current != null) {
            current.wakeup();
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
                rejections.known(false);
            } while (!closed.await(LOOK_UP_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads until an error, of which none may end the thread. */
    private void attempt() throws InterruptedException {
        if (closed.getCount() == 0) {
            return;
        }
        try {
            connect();
        } catch (WakeupException | InterruptException e) {
            log.debug("dead letters: interrupted");
        } catch (KafkaException e) {
            report(reason.apply(e));
        } catch (RuntimeException | Error e) {
            report(e.toString());
            log.debug("dead letters", e);
        }
    }

    private void connect() throws InterruptedException {
        Consumer<byte[], byte[]> opened = open.get();
        try {
            consumer = opened;
            follow(opened);
        } finally {
            consumer = null;
            opened.close(CloseOptions.timeout(CLOSE_TIMEOUT));
        }
    }

    private void follow(Consumer<byte[], byte[]> from) throws InterruptedException {
        followed = Set.of();
        answered.clear();
        found.clear();
        do {
            Set<String> wanted = topics.get();
            if (!wanted.equals(followed) || clock.millis() - lookedUpAt >= LOOK_UP_MILLIS) {
                assign(from, wanted);
            }
            if (!from.assignment().isEmpty()) {
                read(from);
            }
            rejections.known(!from.assignment().isEmpty());
            report(refusal);
        } while (!closed.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS));
    }

    /**
     * Continues the partitions that were read before, and starts the others at their ends. A partition that is new since the last
     * look-up starts at its beginning: its letters have been written since then.
     */
    private void assign(Consumer<byte[], byte[]> from, Set<String> wanted) {
        List<TopicPartition> all = new ArrayList<>();
        Set<String> before = Set.copyOf(answered);
        answered.clear();
        refusal = null;
        for (String topic : wanted) {
            try {
                List<PartitionInfo> partitions = from.partitionsFor(topic, REQUEST_TIMEOUT);
                answered.add(topic);
                if (partitions != null) {
                    partitions.forEach(each -> all.add(new TopicPartition(topic, each.partition())));
                }
            } catch (AuthorizationException e) {
                refusal = reason.apply(e);
            }
        }
        Set<TopicPartition> added = new HashSet<>(all);
        added.removeAll(from.assignment());
        from.assign(all);
        // One by one: without partitions, the consumer would seek in all.
        added.forEach(partition -> {
            if (before.contains(partition.topic()) && !found.contains(partition)) {
                from.seekToBeginning(Set.of(partition));
            } else {
                from.seekToEnd(Set.of(partition));
            }
        });
        found.addAll(all);
        added.forEach(partition -> from.position(partition, REQUEST_TIMEOUT));
        followed = Set.copyOf(wanted);
        lookedUpAt = clock.millis();
    }

    private void read(Consumer<byte[], byte[]> from) {
        DeadLetterSample sample = new DeadLetterSample(shown);
        boolean more = true;
        while (more && sample.size() < RECORDS) {
            ConsumerRecords<byte[], byte[]> letters = from.poll(POLL);
            letters.forEach(sample::add);
            more = !letters.isEmpty();
        }
        if (sample.size() >= RECORDS) {
            from.endOffsets(from.assignment(), REQUEST_TIMEOUT).forEach((partition, end) -> {
                long left = end - from.position(partition, REQUEST_TIMEOUT);
                if (left > RECORDS) {
                    from.seek(partition, end);
                    sample.skipped(partition, left);
                }
            });
        }
        sample.count(rejections, clock.millis());
    }

    /** Logs a problem once, until it changes or is resolved. */
    private void report(@Nullable String why) {
        if (why != null && !why.equals(problem) && closed.getCount() > 0) {
            log.info("rejected records are not known: {}", why);
        }
        problem = why;
    }
}
