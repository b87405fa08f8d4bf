package io.freshet.schemas.facts;

import io.freshet.learning.evaluation.Event;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.UpdateMetrics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The model keys that have not recovered from a divergence. The loss and the norm of the updates diverge and recover on their own:
 * each has recovered when its value in a later window is nearer to the one before the divergence. A key that is held has not
 * recovered from its last divergence. Not thread-safe.
 */
final class Divergences {
    /** By model and key, that of the loss first; at most one of each kind. */
    private final Map<String, Map<String, List<Divergence>>> models = new HashMap<>();

    /** Adds an evaluation that is newer than the earlier ones of its key. */
    void add(Evaluation evaluation) {
        List<Divergence> known =
                models.getOrDefault(evaluation.model(), Map.of()).getOrDefault(evaluation.key(), List.of());
        List<Divergence> current = Stream.of(true, false)
                .map(ofLoss -> last(known, evaluation, ofLoss))
                .filter(Objects::nonNull)
                .toList();
        List<Divergence> left = new ArrayList<>(current);
        left.removeIf(divergence -> isRecovered(divergence.event(), evaluation));
        if (left.isEmpty() && evaluation.learning().published().held()) {
            left = current;
        }
        if (left.isEmpty()) {
            remove(evaluation.model(), evaluation.key());
        } else {
            models.computeIfAbsent(evaluation.model(), model -> new HashMap<>()).put(evaluation.key(), left);
        }
    }

    /** Returns the last divergence of the loss or of the updates, or null. */
    private static @Nullable Divergence last(List<Divergence> known, Evaluation evaluation, boolean ofLoss) {
        Stream<Divergence> reported = evaluation.learning().events().stream()
                .filter(event -> event.kind() == Event.Kind.DIVERGENCE)
                .map(event -> new Divergence(evaluation.key(), event, evaluation.emittedAt(), 0));
        return Stream.concat(known.stream(), reported)
                .filter(divergence -> divergence.event().isOfLoss() == ofLoss)
                .reduce((before, after) -> after)
                .orElse(null);
    }

    private static boolean isRecovered(Event event, Evaluation evaluation) {
        Metrics window = evaluation.window().metrics();
        UpdateMetrics updates = evaluation.learning().updates();
        double value = Double.NaN;
        if (event.isOfLoss()) {
            value = window == null ? Double.NaN : window.loss();
        } else if (updates != null && updates.updates() > 0) {
            value = updates.updateNorm();
        }
        return Double.isFinite(value) && !(value >= (event.before() + event.after()) / 2);
    }

    void remove(String model, String key) {
        Map<String, List<Divergence>> keys = models.get(model);
        if (keys != null && keys.remove(key) != null && keys.isEmpty()) {
            models.remove(model);
        }
    }

    void remove(String model) {
        models.remove(model);
    }

    /** Returns the divergence of any key of a model that was reported last, or null; of a key that has two, that of the loss. */
    @Nullable Divergence newest(String model) {
        Map<String, List<Divergence>> keys = models.getOrDefault(model, Map.of());
        return keys.values().stream()
                .map(ofKey -> ofKey.get(0))
                .max(Comparator.comparingLong(Divergence::at))
                .map(last -> last.withOthers(keys.size() - 1))
                .orElse(null);
    }
}
