package io.freshet.server.gate;

import io.freshet.learning.spec.stream.PublishSpec.Lane;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The model keys whose newest snapshot is not served, because a gate or a check refuses it: {@value #MAXIMUM_KEYS} keys of
 * {@value #MAXIMUM_MODELS} models at most. Thread-safe.
 */
public final class Refusals {
    private static final int MAXIMUM_MODELS = 1_000;
    private static final int MAXIMUM_KEYS = 1_000;

    private final Map<String, Map<String, Refusal>> models = new LinkedHashMap<>();

    /**
     * A key whose snapshots are refused.
     *
     * @param key "" for a model without a key
     * @param since when the first of these snapshots was received, milliseconds since 1970, UTC
     * @param version of the newest of them
     * @param reason why that one is refused
     * @param lane of the topic that has it
     */
    public record Refusal(String key, long since, String version, String reason, Lane lane) {}

    /**
     * Records that a snapshot is refused.
     *
     * @param now milliseconds since 1970, UTC
     */
    public synchronized void refused(String model, String key, String version, String reason, Lane lane, long now) {
        Map<String, Refusal> keys = models.computeIfAbsent(model, name -> new LinkedHashMap<>());
        Refusal known = keys.remove(key);
        keys.put(key, new Refusal(key, known == null ? now : known.since, version, reason, lane));
        dropOldest(keys, MAXIMUM_KEYS);
        dropOldest(models, MAXIMUM_MODELS);
    }

    private static void dropOldest(Map<String, ?> entries, int maximum) {
        if (entries.size() > maximum) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    /** Records that a newer snapshot of a key is served, or that the key is deleted. */
    public synchronized void resolved(String model, String key) {
        removeIf(model, refusal -> refusal.key.equals(key));
    }

    /** Records that the topic of a lane has no snapshot of a key any more. */
    public synchronized void deleted(String model, String key, Lane lane) {
        removeIf(model, refusal -> refusal.key.equals(key) && refusal.lane == lane);
    }

    /** Records that the topic of a lane was deleted. */
    public synchronized void clear(Lane lane) {
        List.copyOf(models.keySet()).forEach(model -> removeIf(model, refusal -> refusal.lane == lane));
    }

    private void removeIf(String model, Predicate<Refusal> condition) {
        Map<String, Refusal> keys = models.get(model);
        if (keys != null && keys.values().removeIf(condition) && keys.isEmpty()) {
            models.remove(model);
        }
    }

    /** Returns the refused keys of a model, the one refused last at the end. */
    public synchronized List<Refusal> of(String model) {
        Map<String, Refusal> keys = models.get(model);
        return keys == null ? List.of() : new ArrayList<>(keys.values());
    }
}
