package io.freshet.server.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The last rejected snapshots of each model. Thread-safe. */
final class RejectedSnapshots {
    private static final int MAXIMUM_MODELS = 1_000;
    private static final int MAXIMUM_PER_MODEL = 10;

    /** Newest first. */
    private final Map<String, List<Rejection>> models = new LinkedHashMap<>();

    synchronized void add(String model, Rejection rejection) {
        List<Rejection> known = models.remove(model);
        List<Rejection> changed = new ArrayList<>(List.of(rejection));
        if (known != null) {
            // A topic that is read again rejects the same snapshots again.
            known.stream()
                    .filter(other -> !other.equals(rejection))
                    .limit(MAXIMUM_PER_MODEL - 1)
                    .forEach(changed::add);
        }
        models.put(model, changed);
        if (models.size() > MAXIMUM_MODELS) {
            models.remove(models.keySet().iterator().next());
        }
    }

    synchronized void remove(String model) {
        models.remove(model);
    }

    /** Returns the newest rejection of a model, or null if there is none. */
    synchronized @Nullable Rejection last(String model) {
        List<Rejection> known = models.get(model);
        return known == null ? null : known.get(0);
    }

    /** Returns the rejections by model, newest first, ordered by name. */
    synchronized Map<String, List<Rejection>> all() {
        Map<String, List<Rejection>> all = new TreeMap<>();
        models.forEach((model, rejections) -> all.put(model, List.copyOf(rejections)));
        return all;
    }
}
