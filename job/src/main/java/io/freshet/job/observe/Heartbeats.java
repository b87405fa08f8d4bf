package io.freshet.job.observe;

import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.Heartbeat;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the heartbeats of a job while all its source subtasks run, with or without samples.
 *
 * <p>Subtasks report once a second how far they have read. A heartbeat is sent if all of them have reported since the last one,
 * so none is sent while the job restarts or a task hangs. A separate thread talks to the brokers. Thread-safe.
 */
public final class Heartbeats implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);
    private static final long POLL_MILLIS = 1_000;
    private static final long POLLS_PER_BEAT = Heartbeat.PERIOD_MILLIS / POLL_MILLIS;

    private final Connections connections;
    private final LongSupplier millis;
    private final Backlog backlog;
    private final ScheduledExecutorService thread;
    /** The offsets that each subtask has read, by partition; null for a subtask that is not running. */
    private long[] @Nullable [] positions = {};
    /** The position after the changes of specifications that are in effect in each subtask. */
    private long[] models = {};
    /** Whether each subtask has reported since the last heartbeat. */
    private boolean[] reported = {};

    private final long startedAt;
    private long readAt;
    private long[] read = {};
    /** Since the last heartbeat. The first is not delayed. */
    private long polls = POLLS_PER_BEAT;

    private boolean failing;

    /** What a job needs to send heartbeats. */
    public record Connections(EndOffsets ends, HeartbeatSink sink) implements Serializable {}

    /**
     * @param millis now, since 1970, UTC
     * @param loader of the connections' classes
     */
    public Heartbeats(Connections connections, LongSupplier millis, ClassLoader loader) {
        this.connections = connections;
        this.millis = millis;
        backlog = Backlog.ofJob(connections.ends());
        startedAt = millis.getAsLong();
        readAt = startedAt;
        thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread created = new Thread(task, "freshet-heartbeat");
            created.setDaemon(true);
            created.setContextClassLoader(loader);
            return created;
        });
    }

    /** @param subtasks number of source subtasks */
    public void start(int subtasks) {
        expect(subtasks);
        thread.scheduleWithFixedDelay(this::tick, POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
    }

    synchronized void expect(int subtasks) {
        positions = new long[subtasks][];
        models = new long[subtasks];
        reported = new boolean[subtasks];
    }

    /**
     * Records that a subtask runs.
     *
     * @param offsets after the newest record that it has read from each partition; 0 before the first
     * @param inEffect position after the changes of specifications that are in effect for its next record
     */
    public synchronized void report(int subtask, long[] offsets, long inEffect) {
        positions[subtask] = offsets;
        models[subtask] = inEffect;
        reported[subtask] = true;
    }

    /** Records that a subtask has stopped. */
    public synchronized void stopped(int subtask) {
        positions[subtask] = null;
        reported[subtask] = false;
    }

    /** Polls the end offsets, and sends a heartbeat if one is due. */
    void tick() {
        try {
            backlog.read(merge());
            backlog.tryPoll();
            if (++polls >= POLLS_PER_BEAT && takeReports()) {
                polls = 0;
                connections.sink().send(heartbeat());
                failing = false;
            }
        } catch (RuntimeException | Error e) {
            // If rethrown, the executor would stop silently.
            if (!failing && !Thread.currentThread().isInterrupted()) {
                LOG.warn("heartbeats cannot be sent: {}", e.toString());
            }
            failing = true;
        }
    }

    /** Returns the newest offset of any subtask, by partition, and notes the time if one has increased. */
    private synchronized long[] merge() {
        long[] merged = {};
        for (long @Nullable [] offsets : positions) {
            if (offsets != null && offsets.length > merged.length) {
                merged = Arrays.copyOf(merged, offsets.length);
            }
            for (int p = 0; offsets != null && p < offsets.length; p++) {
                merged[p] = Math.max(merged[p], offsets[p]);
            }
        }
        for (int p = 0; p < merged.length; p++) {
            if (merged[p] > (p < read.length ? read[p] : 0)) {
                readAt = millis.getAsLong();
            }
        }
        read = merged;
        return merged;
    }

    private synchronized boolean takeReports() {
        for (boolean subtask : reported) {
            if (!subtask) {
                return false;
            }
        }
        Arrays.fill(reported, false);
        return true;
    }

    private synchronized long inEffectEverywhere() {
        return Arrays.stream(models).min().orElse(-1);
    }

    private Heartbeat heartbeat() {
        Evaluation.Progress progress = backlog.progress(Long.MIN_VALUE);
        return new Heartbeat(
                startedAt,
                millis.getAsLong(),
                readAt,
                list(read),
                list(backlog.ends()),
                progress.behind(),
                progress.catchingUp(),
                inEffectEverywhere());
    }

    private static List<Long> list(long[] offsets) {
        return Arrays.stream(offsets).boxed().toList();
    }

    /** Stops without waiting: the thread closes its connections when it is done. */
    @Override
    public void close() {
        thread.execute(() -> {
            connections.ends().close();
            connections.sink().close();
        });
        thread.shutdown();
    }
}
