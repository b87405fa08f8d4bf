package io.freshet.schemas.freshness;

import io.freshet.schemas.heartbeat.Heartbeat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The newest heartbeat of the trainer, and whether the brokers answer. Thread-safe. */
public final class SignsOfLife {
    /** Since when the brokers of each topic have not answered. */
    private final Map<String, Long> unreachable = new ConcurrentHashMap<>();

    private volatile @Nullable Heartbeat heartbeat;
    /** Whether brokers have ever answered. */
    private volatile boolean reached;

    public synchronized void add(Heartbeat received) {
        Heartbeat known = heartbeat;
        if (known == null || received.sentAt() >= known.sentAt()) {
            heartbeat = received;
        }
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
        return heartbeat;
    }

    /** Returns since when the brokers of any topic have not answered, or null if all do. */
    @Nullable Long unreachableSince() {
        return unreachable.values().stream().min(Long::compare).orElse(null);
    }
}
