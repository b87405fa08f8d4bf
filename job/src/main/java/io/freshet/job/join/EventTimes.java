package io.freshet.job.join;

import io.freshet.job.join.LogEnds.Log;
import io.freshet.job.join.ProgressEvent.Progress;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How far all tasks of the source are. In each round, the ends of all logs are asked for and sent to the tasks, which answer how
 * far they are.
 *
 * <p>A partition delays the watermark until its records are read, however long that takes. One that is quiet, see {@link TaskTime},
 * has the watermark of quiet partitions: the latest of any partition <em>before</em> the ends were asked for. Whatever is appended
 * later is later than all records that led to it. While all partitions are quiet and read to
 * their ends, the watermark goes on with the clock. An end that is unknown is not reached.
 *
 * <p>{@link #latest} is called by the thread that asks, all else by that of the coordinator.
 */
final class EventTimes {
    /** No event time. */
    static final long NONE = Long.MIN_VALUE;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final long aheadMillis;
    private final Map<Integer, ProgressEvent> tasks = new HashMap<>();

    private Ends asked = new Ends(0, new Known(NONE, Map.of()), Map.of());
    private long round;
    /** Of quiet partitions. */
    private long watermark = NONE;
    /** Where a partition starts whose event time is unknown: at the restored event time, or at the earliest that was known. */
    private long start = NONE;

    private boolean restored;
    /** Up to when the time is in {@link #watermark} while all partitions are quiet; NONE if they are not. */
    private long quiet = NONE;
    /** Whether all tasks have answered this round. */
    private boolean judged = true;

    private volatile Known known = new Known(NONE, Map.of());

    /**
     * What the tasks have told.
     *
     * @param latest watermark of any partition
     * @param positions offset of each partition before which nothing remains to be emitted
     */
    record Known(long latest, Map<TopicPartition, Long> positions) {
        /**
         * Returns the log of a partition; an unknown one if no task has told where it is, or if it ends before that: the consumer
         * then starts again at an offset that nobody knows, such as the beginning of a topic that was created again.
         */
        private Log known(TopicPartition partition, Log log) {
            return log.isEmpty() || positions.getOrDefault(partition, Long.MAX_VALUE) <= log.end() ? log : Log.UNKNOWN;
        }
    }

    /**
     * The answer of the brokers.
     *
     * @param nanos when the question was asked
     * @param known {@link EventTimes#known} at that time
     * @param logs of all partitions; empty if no broker answered
     */
    record Ends(long nanos, Known known, Map<TopicPartition, Log> logs) {
        Ends {
            Map<TopicPartition, Log> those = new HashMap<>(logs);
            those.replaceAll(known::known);
            logs = those;
        }
    }

    /** @param ahead by how much a partition may be ahead of the earliest one before it pauses */
    EventTimes(Duration ahead) {
        aheadMillis = ahead.toMillis();
    }

    Known known() {
        return known;
    }

    /** Receives the event time that restored state had reached. */
    void reached(long time) {
        watermark = Math.max(watermark, time);
        start = time;
        restored = true;
    }

    /** Starts a round. */
    EndsEvent ask(Ends ends) {
        asked = ends;
        judged = false;
        round++;
        if (ends.known.latest > watermark) {
            watermark = ends.known.latest;
            // Records were read since, so the time since then is in the watermark already.
            quiet = NONE;
        }
        Map<TopicPartition, Long> offsets = new HashMap<>();
        gone().forEach(partition -> offsets.put(partition, NONE));
        ends.logs.forEach((partition, log) -> {
            if (!log.equals(Log.UNKNOWN)) {
                offsets.put(partition, log.isEmpty() ? NONE : log.end());
            }
        });
        return new EndsEvent(round, ends.nanos, watermark, offsets, !ends.logs.isEmpty() && unread().isEmpty());
    }

    /** Receives the answer of a task in a round, or the partitions of one that starts. */
    void receive(int task, ProgressEvent event, int count) {
        tasks.put(task, event);
        long latest = known.latest;
        for (Progress progress : event.partitions().values()) {
            latest = Math.max(latest, progress.watermark());
            if (!restored && progress.watermark() != NONE) {
                start = start == NONE ? progress.watermark() : Math.min(start, progress.watermark());
            }
        }
        Map<TopicPartition, Long> positions = new HashMap<>();
        partitions().forEach((partition, progress) -> positions.put(partition, progress.position()));
        known = new Known(latest, positions);
        if (!judged && tasks.size() == count && tasks.values().stream().allMatch(answer -> answer.round() == round)) {
            judged = true;
            judge();
        }
    }

    /** Lets event time go on by the time in which all partitions were quiet and read. */
    private void judge() {
        long read = asked.logs.entrySet().stream()
                .mapToLong(log -> quiet(log.getKey(), log.getValue()))
                .min()
                .orElse(NONE);
        if (read == NONE) {
            quiet = NONE;
        } else if (quiet == NONE || watermark == NONE) {
            quiet = asked.nanos;
        } else if (read > quiet) {
            long millis = (read - quiet) / NANOS_PER_MILLI;
            watermark += millis;
            quiet += millis * NANOS_PER_MILLI;
        }
    }

    /** Returns when the newest round was asked up to which a quiet partition is read; NONE if it is not quiet. */
    private long quiet(TopicPartition partition, Log log) {
        Progress progress = progress(partition);
        if (progress == null) {
            return log.isEmpty() ? asked.nanos : NONE;
        }
        return log.equals(Log.UNKNOWN) ? NONE : progress.quiet();
    }

    private @Nullable Progress progress(TopicPartition partition) {
        for (ProgressEvent task : tasks.values()) {
            Progress progress = task.partitions().get(partition);
            if (progress != null) {
                return progress;
            }
        }
        return null;
    }

    private Map<TopicPartition, Progress> partitions() {
        Map<TopicPartition, Progress> all = new HashMap<>();
        tasks.values().forEach(task -> all.putAll(task.partitions()));
        return all;
    }

    /** Receives that a task starts again. */
    void remove(int task) {
        tasks.remove(task);
    }

    /**
     * Returns the partitions to pause: those too far ahead of the earliest that delays event time, which never pauses. One that
     * has no event time yet, since its first record waits for its schema or its broker, stops the others no sooner.
     */
    Set<TopicPartition> paused() {
        Map<TopicPartition, Progress> all = partitions();
        long earliest = all.entrySet().stream()
                .filter(entry -> delays(entry.getValue(), log(entry.getKey())))
                .map(entry -> entry.getValue().watermark())
                .mapToLong(time -> time == NONE ? start : time)
                .min()
                .orElse(Long.MAX_VALUE - aheadMillis);
        all.values().removeIf(progress -> progress.watermark() <= earliest + aheadMillis);
        return all.keySet();
    }

    /** Returns whether event time waits for a partition: it is not quiet, or has more to read again. */
    private static boolean delays(Progress progress, Log log) {
        return !log.isEmpty() && (progress.quiet() == NONE || progress.position() < log.end());
    }

    /** Returns the log of a partition that a task reads. */
    private Log log(TopicPartition partition) {
        return asked.logs.getOrDefault(partition, asked.logs.isEmpty() ? Log.UNKNOWN : Log.EMPTY);
    }

    /** Returns the partitions that tasks read, and that no longer exist: restored ones, of other topics or of larger ones. */
    Set<TopicPartition> gone() {
        Set<TopicPartition> gone = new HashSet<>();
        if (!asked.logs.isEmpty()) {
            tasks.values().forEach(task -> gone.addAll(task.partitions().keySet()));
            gone.removeAll(asked.logs.keySet());
        }
        return gone;
    }

    /** Returns the partitions with records that no task reads. */
    private Set<TopicPartition> unread() {
        Set<TopicPartition> unread = new HashSet<>();
        asked.logs.forEach((partition, log) -> {
            if (!log.isEmpty() && progress(partition) == null) {
                unread.add(partition);
            }
        });
        return unread;
    }

    /** Returns what event time waits for besides records: partitions whose end is unknown, or that no task reads. */
    Set<TopicPartition> waiting() {
        Set<TopicPartition> waiting = new TreeSet<>(Comparator.comparing(TopicPartition::toString));
        waiting.addAll(unread());
        asked.logs.forEach((partition, log) -> {
            if (log.equals(Log.UNKNOWN)) {
                waiting.add(partition);
            }
        });
        return waiting;
    }
}
