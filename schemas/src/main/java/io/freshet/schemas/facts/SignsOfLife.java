package io.freshet.schemas.facts;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest heartbeats of the trainer, the records that it rejects, and whether the brokers answer. A heartbeat that is ahead of
 * the reader's clock counts as sent when it was received. Thread-safe.
 */
public final class SignsOfLife {
    private static final int KEPT = (int) (Rejections.WINDOW_MILLIS / Heartbeat.PERIOD_MILLIS) + 1;

    /** Since when the brokers of each topic have not answered. */
    private final Map<String, Long> unreachable = new ConcurrentHashMap<>();

    private final Rejections rejections = new Rejections();
    /** The newest heartbeats of one run of the job, the oldest first, over the time in which rejections count. */
    private final Deque<Heartbeat> recent = new ArrayDeque<>();

    private volatile @Nullable Received received;
    /** Whether brokers have ever answered. */
    private volatile boolean reached;

    /** @param at milliseconds since 1970, UTC, by the reader's clock */
    private record Received(Heartbeat heartbeat, long at) {
        /** Returns when the trainer was seen, at most when the heartbeat was received. */
        long seenAt() {
            return Math.min(heartbeat.sentAt(), at);
        }
    }

    /**
     * Adds a heartbeat, unless it is older than the one added before.
     *
     * @param now milliseconds since 1970, UTC
     */
    public synchronized void add(Heartbeat heartbeat, long now) {
        Received known = received;
        Received next = new Received(heartbeat, now);
        if (known == null || next.seenAt() >= known.seenAt()) {
            received = next;
            remember(heartbeat);
        }
    }

    private void remember(Heartbeat heartbeat) {
        recent.removeIf(
                earlier -> earlier.startedAt() != heartbeat.startedAt() || earlier.sentAt() >= heartbeat.sentAt());
        recent.addLast(heartbeat);
        while (recent.size() > KEPT) {
            recent.removeFirst();
        }
    }

    /** Returns what the trainer rejects. */
    public Rejections rejections() {
        return rejections;
    }

    /** Returns the records of the samples topic that the job has read per second, by its last heartbeats; NaN if unknown. */
    synchronized double readPerSecond() {
        if (recent.size() < 2) {
            return Double.NaN;
        }
        long records = 0;
        Heartbeat earlier = recent.getFirst();
        for (Heartbeat later : recent) {
            // After a failure, the job reads records again.
            records += Math.max(0, sum(later.read()) - sum(earlier.read()));
            earlier = later;
        }
        return records * 1_000.0 / (earlier.sentAt() - recent.getFirst().sentAt());
    }

    private static long sum(List<Long> offsets) {
        return offsets.stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Records that the brokers of a topic do not answer.
     *
     * @param now milliseconds since 1970, UTC
     */
    public void unreachable(String topic, long now) {
        unreachable.putIfAbsent(topic, now);
    }

    public void reachable(String topic) {
        unreachable.remove(topic);
        reached = true;
    }

    /** Returns whether brokers have answered, and still do for all topics. */
    public boolean brokersAnswer() {
        return reached && unreachable.isEmpty();
    }

    @Nullable Heartbeat heartbeat() {
        Received newest = received;
        return newest == null ? null : newest.heartbeat;
    }

    /** Returns when the trainer was last seen, at most when its heartbeat was received; null if never. */
    @Nullable Long seenAt() {
        Received newest = received;
        return newest == null ? null : (Long) newest.seenAt();
    }

    /** Returns by how much the newest heartbeat was ahead of the reader's clock, in milliseconds; 0 if it was not. */
    public long aheadMillis() {
        Received newest = received;
        return newest == null ? 0 : Math.max(0, newest.heartbeat.sentAt() - newest.at);
    }

    /** Returns since when the brokers of any topic have not answered, or null if all do. */
    @Nullable Long unreachableSince() {
        return unreachable.values().stream().min(Long::compare).orElse(null);
    }
}
