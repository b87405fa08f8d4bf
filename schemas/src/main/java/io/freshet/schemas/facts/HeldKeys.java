package io.freshet.schemas.facts;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The model keys whose snapshots the divergence policy withholds, by their newest evaluations. Not thread-safe. */
final class HeldKeys {
    private final Map<String, TreeMap<String, Evaluation>> models = new HashMap<>();

    /** Adds an evaluation that is newer than the earlier ones of its key. */
    void add(Evaluation evaluation) {
        if (evaluation.learning().published().held()) {
            models.computeIfAbsent(evaluation.model(), model -> new TreeMap<>()).put(evaluation.key(), evaluation);
        } else {
            remove(evaluation.model(), evaluation.key());
        }
    }

    void remove(String model, String key) {
        models.computeIfPresent(model, (name, keys) -> {
            keys.remove(key);
            return keys.isEmpty() ? null : keys;
        });
    }

    void remove(String model) {
        models.remove(model);
    }

    /** Returns the first held key of a model, or null. */
    @Nullable Held first(String model) {
        TreeMap<String, Evaluation> keys = models.get(model);
        return keys == null
                ? null
                : new Held(
                        keys.firstKey(), keys.firstEntry().getValue().learning().published(), keys.size() - 1);
    }
}
