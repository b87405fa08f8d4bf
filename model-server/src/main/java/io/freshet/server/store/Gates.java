package io.freshet.server.store;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.predict.Snapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the snapshots of one topic are good enough to be served: by how well the model predicted its last samples,
 * each before it was learned. Not thread-safe.
 */
public final class Gates {
    private final Map<String, List<Gate>> gates;
    /** What was received of each gated model and key. */
    private final Map<String, RecentMetrics> received = new HashMap<>();

    public Gates(List<Gate> gates) {
        this.gates = gates.stream().collect(Collectors.groupingBy(Gate::model));
    }

    /** Returns why a snapshot must not be served, or null. */
    public @Nullable String refusal(Snapshot snapshot) {
        List<Gate> conditions = gates.get(snapshot.spec().name());
        if (conditions == null) {
            return null;
        }
        Metrics metrics = snapshot.metrics();
        if (metrics == null) {
            return "metrics: none (expected: those that " + conditions.get(0) + " needs)";
        }
        String of = snapshot.spec().key() == null ? "" : snapshot.spec().key() + " " + snapshot.key() + ", ";
        Metrics earlier = received.computeIfAbsent(
                        snapshot.spec().name() + "/" + snapshot.key(), key -> new RecentMetrics())
                .add(snapshot, metrics);
        for (Gate gate : conditions) {
            Double value = gate.since(earlier, metrics);
            if (value == null || !gate.passes(value)) {
                return of + gate.metric().key() + ": " + (value == null ? "none" : value) + " over "
                        + (metrics.samples() - (earlier == null ? 0 : earlier.samples())) + " samples (expected: "
                        + gate.expected() + ")";
            }
        }
        return null;
    }

    /** Forgets a key that was deleted. */
    public void remove(String model, String key) {
        received.remove(model + "/" + key);
    }
}
