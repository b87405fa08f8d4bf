package io.freshet.server.store;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Parameter sets that are no longer served, kept so that requests can name their versions. Over the limits, those that
 * were replaced first are dropped.
 *
 * <p>Any thread may read; only the store writes, under its lock.
 */
final class OlderVersions {
    private final VersionLimits limits;
    /** Sets of each model and key, newest first. The lists are immutable. */
    private final Map<String, List<ParameterSet>> sets = new ConcurrentHashMap<>();
    /** All sets, in the order in which they were replaced. */
    private final Map<ParameterSet, Kept> firstReplaced = new LinkedHashMap<>();

    private long bytes;

    /**
     * @param name under which a set is kept
     * @param bytes of memory that the set needs
     */
    private record Kept(String name, long bytes) {}

    OlderVersions(VersionLimits limits) {
        this.limits = limits;
    }

    /** Returns the kept sets of a model and key, newest first. */
    List<ParameterSet> of(String model, String key) {
        return sets.getOrDefault(name(model, key), List.of());
    }

    /** @param newer the set of the same key that is served instead, with which this set may share parameters */
    void add(ParameterSet set, ParameterSet newer) {
        String name = name(set.snapshot().spec().name(), set.snapshot().key());
        List<ParameterSet> changed = new ArrayList<>(sets.getOrDefault(name, List.of()));
        int at = 0;
        while (at < changed.size()
                && changed.get(at).published().publishedAt() > set.published().publishedAt()) {
            at++;
        }
        changed.add(at, set);
        sets.put(name, List.copyOf(changed));
        Kept kept = new Kept(name, set.bytesNotIn(newer));
        firstReplaced.put(set, kept);
        bytes += kept.bytes;
        if (changed.size() > limits.versions()) {
            remove(changed.get(changed.size() - 1));
        }
        while (bytes > limits.bytes()) {
            remove(firstReplaced.keySet().iterator().next());
        }
    }

    void remove(ParameterSet set) {
        Kept kept = firstReplaced.remove(set);
        if (kept != null) {
            bytes -= kept.bytes;
            sets.computeIfPresent(kept.name, (same, all) -> {
                List<ParameterSet> others =
                        all.stream().filter(other -> other != set).toList();
                return others.isEmpty() ? null : others;
            });
        }
    }

    void removeAll(String model, String key) {
        of(model, key).forEach(this::remove);
    }

    /** Removes the sets of all keys. */
    void removeAll(String model) {
        firstReplaced.keySet().stream()
                .filter(set -> set.snapshot().spec().name().equals(model))
                .toList()
                .forEach(this::remove);
    }

    private static String name(String model, String key) {
        return model + "/" + key;
    }
}
