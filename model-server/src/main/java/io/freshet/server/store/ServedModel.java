package io.freshet.server.store;

import io.freshet.learning.spec.PublishSpec.Lane;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The parameter sets of one model: one under the key "", or one per value of its key field.
 *
 * <p>A key serves its newest set, or the one that is pinned; older sets can be requested by version. A swap stores one
 * reference. While a new specification rolls out, the sets of a keyed model may have different ones, but all are
 * compatible ({@link ServedSpec#isCompatibleWith}). Any thread may read; only the store writes.
 */
public final class ServedModel {
    private final String name;
    private final OlderVersions older;
    /** Served sets, by key. */
    private final ConcurrentHashMap<String, ParameterSet> sets = new ConcurrentHashMap<>();
    /** Newest sets of the pinned keys. */
    private final Map<String, ParameterSet> newestOfPinned = new ConcurrentHashMap<>();

    private final ModelTotals totals = new ModelTotals(sets.values());
    private volatile ServedSpec spec;
    private volatile long publishedAt;
    /** Created when first needed. */
    private volatile @Nullable ParameterSet zero;

    ServedModel(ParameterSet first, OlderVersions older) {
        this.older = older;
        name = first.snapshot().spec().name();
        spec = first.served();
        publishedAt = first.published().publishedAt();
        put(first);
    }

    public String name() {
        return name;
    }

    /** Returns the newest specification. */
    public ServedSpec spec() {
        return spec;
    }

    /** Returns the specification with a hash, or null if no set uses it. */
    @Nullable ServedSpec spec(String hash) {
        ServedSpec newest = spec;
        return newest.hash().equals(hash) ? newest : totals.spec(hash);
    }

    /** Returns the served parameter set of a key ("" for a model without a key), or null if it is unknown. */
    public @Nullable ParameterSet set(String key) {
        return sets.get(key);
    }

    /** Returns the parameter set of a key with a version, or null if there is none. The served set takes precedence. */
    public @Nullable ParameterSet set(String key, String version) {
        ParameterSet served = sets.get(key);
        if (served != null && Long.toString(served.version()).equals(version)) {
            return served;
        }
        return versions(key).stream()
                .filter(set -> Long.toString(set.version()).equals(version))
                .findFirst()
                .orElse(null);
    }

    /** Returns all parameter sets of a key that requests can name, newest first. */
    public List<ParameterSet> versions(String key) {
        List<ParameterSet> versions = new ArrayList<>();
        ParameterSet served = sets.get(key);
        ParameterSet newest = newestOfPinned.get(key);
        if (newest != null && newest != served) {
            versions.add(newest);
        }
        List<ParameterSet> kept = older.of(name, key);
        if (served != null) {
            versions.addAll(kept.stream().filter(set -> isNewer(set, served)).toList());
            versions.add(served);
        }
        kept.stream().filter(set -> !versions.contains(set)).forEach(versions::add);
        return versions;
    }

    /** Returns whether a key serves a set that was pinned, whatever is published. */
    public boolean isPinned(String key) {
        return newestOfPinned.containsKey(key);
    }

    /** Returns the number of pinned keys. */
    public int pins() {
        return newestOfPinned.size();
    }

    /** Returns a set of version 0 with the newest specification, whose parameters are all 0. */
    public ParameterSet zero() {
        ParameterSet known = zero;
        ServedSpec newest = spec;
        if (known == null || known.served() != newest) {
            known = ParameterSet.zero(newest);
            zero = known;
        }
        return known;
    }

    /** Returns the number of keys. */
    public int keys() {
        return sets.size();
    }

    /** Returns the number of samples learned, over all served sets. */
    public long samples() {
        return totals.samples();
    }

    /** Returns the size of the parameters of all served sets in memory. */
    public long parameterBytes() {
        return totals.parameterBytes();
    }

    /**
     * Returns the newest event time learned by a served set, milliseconds since 1970, or Long.MIN_VALUE
     * before the first sample.
     */
    public long watermark() {
        return totals.watermark();
    }

    /** Returns when the newest set was published, milliseconds since 1970, UTC. */
    public long publishedAt() {
        return publishedAt;
    }

    boolean empty() {
        return sets.isEmpty();
    }

    /** Stores a set that is compatible with this model; returns false if the newest one is as new or newer. */
    boolean put(ParameterSet set) {
        String key = set.snapshot().key();
        ParameterSet newest = newest(key);
        if (newest != null && !set.replaces(newest)) {
            return false;
        }
        if (newestOfPinned.containsKey(key)) {
            newestOfPinned.put(key, set);
        } else {
            serve(key, set);
        }
        if (newest != null && newest != sets.get(key)) {
            older.add(newest, set);
        }
        if (set.published().publishedAt() >= publishedAt) {
            publishedAt = set.published().publishedAt();
            spec = set.served();
        }
        return true;
    }

    /** Serves a set of {@link #versions} until it is unpinned. */
    void pin(ParameterSet set) {
        String key = set.snapshot().key();
        ParameterSet served = sets.get(key);
        if (served == null) {
            return;
        }
        ParameterSet newest = newestOfPinned.putIfAbsent(key, served);
        serve(key, set);
        older.remove(set);
        if (newest != null && served != newest && served != set) {
            older.add(served, newest);
        }
    }

    /** Serves the newest set of a key again. */
    void unpin(String key) {
        ParameterSet newest = newestOfPinned.remove(key);
        ParameterSet served = sets.get(key);
        if (newest != null && newest != served) {
            serve(key, newest);
            if (served != null) {
                older.add(served, newest);
            }
        }
    }

    void unpinAll() {
        newestOfPinned.keySet().forEach(this::unpin);
    }

    /** Removes a key and its older versions; returns false if it is unknown or is from another lane. */
    boolean remove(String key, Lane lane) {
        ParameterSet newest = newest(key);
        if (newest == null || newest.lane() != lane) {
            return false;
        }
        newestOfPinned.remove(key);
        totals.replaced(sets.remove(key), null);
        older.removeAll(name, key);
        return true;
    }

    private @Nullable ParameterSet newest(String key) {
        ParameterSet pinned = newestOfPinned.get(key);
        return pinned == null ? sets.get(key) : pinned;
    }

    private void serve(String key, ParameterSet set) {
        totals.replaced(sets.put(key, set), set);
    }

    private static boolean isNewer(ParameterSet set, ParameterSet other) {
        return set.published().publishedAt() > other.published().publishedAt();
    }
}
