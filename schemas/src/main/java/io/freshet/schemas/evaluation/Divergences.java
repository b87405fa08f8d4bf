package io.freshet.schemas.evaluation;

import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.watch.Event;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The model keys that have not recovered from a divergence. A key has recovered when a window since then has a loss nearer to the
 * one before the divergence, or if its updates exploded, when a later window has no divergence. Not thread-safe.
 */
final class Divergences {
    private final Map<String, Map<String, Divergence>> models = new HashMap<>();

    /** Adds an evaluation that is newer than the earlier ones of its key. */
    void add(Evaluation evaluation) {
        Map<String, Divergence> keys = models.get(evaluation.model());
        Divergence known = keys == null ? null : keys.get(evaluation.key());
        Divergence reported = reported(evaluation);
        Divergence current = reported == null ? known : reported;
        if (current == null) {
            return;
        }
        if (isRecovered(current, evaluation)) {
            remove(evaluation.model(), evaluation.key());
        } else {
            models.computeIfAbsent(evaluation.model(), model -> new HashMap<>()).put(evaluation.key(), current);
        }
    }

    private static @Nullable Divergence reported(Evaluation evaluation) {
        Divergence last = null;
        for (Event event : evaluation.learning().events()) {
            if (event.kind() == Event.Kind.DIVERGENCE) {
                last = new Divergence(evaluation.key(), event, evaluation.emittedAt(), 0);
            }
        }
        return last;
    }

    private static boolean isRecovered(Divergence divergence, Evaluation evaluation) {
        Event event = divergence.event();
        Metrics window = evaluation.window().metrics();
        return event.isOfLoss()
                ? window != null && window.loss() < (event.before() + event.after()) / 2
                : evaluation.emittedAt() > divergence.at();
    }

    void remove(String model, String key) {
        Map<String, Divergence> keys = models.get(model);
        if (keys != null && keys.remove(key) != null && keys.isEmpty()) {
            models.remove(model);
        }
    }

    void remove(String model) {
        models.remove(model);
    }

    /** Returns the divergence of any key of a model that was reported last, or null. */
    @Nullable Divergence newest(String model) {
        Map<String, Divergence> keys = models.get(model);
        return keys == null
                ? null
                : keys.values().stream()
                        .max(Comparator.comparingLong(Divergence::at))
                        .map(last -> last.withOthers(keys.size() - 1))
                        .orElse(null);
    }
}
