package io.freshet.server.store;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Incarnation;
import io.freshet.learning.predict.Snapshot;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The metrics since the start, at some versions of a key, the newest of which is about a window of samples old. A window is
 * that of the specification.
 */
final class RecentMetrics {
    private static final int PER_WINDOW = 8;

    private final ArrayDeque<Metrics> known = new ArrayDeque<>();
    private @Nullable Incarnation incarnation;

    /**
     * Adds the metrics of a snapshot.
     *
     * @return those at a version that is at least a window older, the newest known, or null if none is known
     */
    @Nullable Metrics add(Snapshot snapshot, Metrics metrics) {
        Incarnation origin = snapshot.lineage().origin();
        if (incarnation != null && !incarnation.isSameIncarnation(origin)) {
            known.clear();
        }
        incarnation = origin;
        // A recovered job publishes versions again, and one that lost its state counts from 0.
        while (!known.isEmpty() && known.getLast().samples() >= metrics.samples()) {
            known.removeLast();
        }
        int window = snapshot.spec().reporting().window();
        Metrics earlier = null;
        while (!known.isEmpty() && known.getFirst().samples() <= metrics.samples() - window) {
            earlier = known.removeFirst();
        }
        if (earlier != null) {
            known.addFirst(earlier);
        }
        if (known.isEmpty() || metrics.samples() - known.getLast().samples() >= Math.max(1, window / PER_WINDOW)) {
            known.addLast(metrics);
        }
        return earlier;
    }
}
