package io.freshet.server.store;

import io.freshet.learning.spec.PublishSpec.Lane;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots that are not served, because a gate or a check refuses them: of each key, the newest one, until a newer one is
 * served; and the last {@value #MAXIMUM_LAST} of each model. Of {@value #MAXIMUM_MODELS} models with {@value #MAXIMUM_KEYS} keys
 * at most. Thread-safe.
 */
public final class Refusals {
    private static final int MAXIMUM_MODELS = 1_000;
    private static final int MAXIMUM_KEYS = 1_000;
    private static final int MAXIMUM_LAST = 10;

    /** The model refused last is at the end. */
    private final Map<String, Refused> models = new LinkedHashMap<>();

    /**
     * A snapshot that was not served.
     *
     * @param key "" for a model without a key
     * @param version its version, or null if it could not be read that far
     * @param reason what is wrong with it
     * @param gated whether a gate refuses it
     * @param lane of the topic that has it
     * @param since when the first refused snapshot of the key was received, milliseconds since 1970, UTC
     */
    public record Refusal(String key, @Nullable String version, String reason, boolean gated, Lane lane, long since) {
        private boolean isOf(Refusal other) {
            return Objects.equals(version, other.version) && reason.equals(other.reason);
        }

        private Refusal since(long time) {
            return new Refusal(key, version, reason, gated, lane, time);
        }
    }

    /**
     * The refused snapshots of a model.
     *
     * @param newest by key, the one refused last at the end
     * @param last the newest first
     */
    private record Refused(Map<String, Refusal> newest, Deque<Refusal> last) {
        private Refused() {
            this(new LinkedHashMap<>(), new ArrayDeque<>());
        }

        private boolean isEmpty() {
            return newest.isEmpty() && last.isEmpty();
        }
    }

    /** Records that a snapshot is refused, whose time is now. */
    public synchronized void add(String model, Refusal refusal) {
        Refused refused = Objects.requireNonNullElseGet(models.remove(model), Refused::new);
        models.put(model, refused);
        dropFirst(models, MAXIMUM_MODELS);
        // A topic that is read again refuses the same snapshots again.
        refused.last.removeIf(refusal::isOf);
        refused.last.addFirst(refusal);
        if (refused.last.size() > MAXIMUM_LAST) {
            refused.last.removeLast();
        }
        if (refusal.version != null) {
            Refusal before = refused.newest.remove(refusal.key);
            refused.newest.put(refusal.key, before == null ? refusal : refusal.since(before.since));
            dropFirst(refused.newest, MAXIMUM_KEYS);
        }
    }

    private static void dropFirst(Map<String, ?> entries, int maximum) {
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
        Refused refused = models.get(model);
        if (refused != null && refused.newest.values().removeIf(condition) && refused.isEmpty()) {
            models.remove(model);
        }
    }

    /** Forgets the last refused snapshots of a model, but not those that are still the newest of their keys. */
    synchronized void forget(String model) {
        Refused refused = models.get(model);
        if (refused != null) {
            refused.last.clear();
            if (refused.isEmpty()) {
                models.remove(model);
            }
        }
    }

    /** Returns the refused keys of a model, the one refused last at the end. */
    public synchronized List<Refusal> of(String model) {
        Refused refused = models.get(model);
        return refused == null ? List.of() : new ArrayList<>(refused.newest.values());
    }

    /** Returns the snapshot of a model that was refused last, or null if there is none. */
    public synchronized @Nullable Refusal last(String model) {
        Refused refused = models.get(model);
        return refused == null ? null : refused.last.peekFirst();
    }

    /**
     * Returns the last refused snapshots by model, newest first, ordered by name. The time of one that is no longer the newest of
     * its key is 0.
     */
    public synchronized Map<String, List<Refusal>> all() {
        Map<String, List<Refusal>> all = new TreeMap<>();
        models.forEach((model, refused) -> {
            if (!refused.last.isEmpty()) {
                all.put(
                        model,
                        refused.last.stream()
                                .map(each -> each.since(since(refused, each)))
                                .toList());
            }
        });
        return all;
    }

    /** Returns since when a key has been refused for this; 0 if none is any more. */
    private static long since(Refused refused, Refusal refusal) {
        return refused.newest.values().stream()
                .filter(newest -> newest.isOf(refusal))
                .mapToLong(Refusal::since)
                .min()
                .orElse(0);
    }
}
