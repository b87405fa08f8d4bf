package io.freshet.server.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Parameter sets that are no longer served, kept so that requests can name their versions: of each model key the newest, and
 * those that {@link VersionSpacing} needs. Over the memory limit, sets that no spacing needs are dropped first, and then the
 * others; of each kind, the one that was replaced first.
 *
 * <p>Any thread may read; only the store writes, under its lock.
 */
final class OlderVersions {
    /** Why a version is kept, besides the spacings that need it. */
    private static final String RECENT = "recent";

    private static final String EARLY = "early";

    private final VersionLimits limits;
    /** Sets of each model and key, newest first. The lists are immutable. */
    private final Map<String, List<Kept>> keys = new ConcurrentHashMap<>();
    /** All sets, in the order in which they are dropped. */
    private final NavigableSet<Kept> dropOrder =
            new TreeSet<>(Comparator.comparing((Kept kept) -> kept.spaced).thenComparing(kept -> kept.sequence));

    private long bytes;
    private long sequence;

    /** A set that is kept. Only the set and its name may be read without the store's lock. */
    private static final class Kept {
        final String name;
        final ParameterSet set;
        /** Number of sets that were replaced before. */
        final long sequence;

        boolean spaced;
        /** The next newer set, kept or served, in whose arrays most parameters of this set may be. */
        ParameterSet newer;
        /** Memory that this set needs besides the newer one. */
        long bytes;

        Kept(String name, ParameterSet set, long sequence, ParameterSet newer) {
            this.name = name;
            this.set = set;
            this.sequence = sequence;
            this.newer = newer;
        }
    }

    OlderVersions(VersionLimits limits) {
        this.limits = limits;
    }

    /** Returns the kept sets of a model and key, newest first. */
    List<ParameterSet> of(String model, String key) {
        return sets(keys.getOrDefault(name(model, key), List.of()));
    }

    /**
     * Returns why each set of a model and key is kept: {@code recent}, the spacings that need it, and {@code early}.
     *
     * @param newest the newest set of the key
     */
    Map<ParameterSet, List<String>> reasons(String model, String key, ParameterSet newest) {
        List<ParameterSet> kept = of(model, key);
        long[] times = times(kept);
        Map<ParameterSet, List<String>> reasons = new LinkedHashMap<>();
        for (int i = 0; i < times.length; i++) {
            reasons.put(kept.get(i), new ArrayList<>(i < limits.versions() ? List.of(RECENT) : List.of()));
        }
        Map<String, BitSet> needed = new LinkedHashMap<>();
        for (Duration spacing : limits.spacing().spacings()) {
            needed.put(VersionSpacing.text(spacing), VersionSpacing.needed(spacing, times, time(newest)));
        }
        needed.put(EARLY, limits.spacing().early(times, time(newest)));
        needed.forEach((reason, versions) -> versions.stream()
                .forEach(i -> reasons.getOrDefault(kept.get(i), List.of()).add(reason)));
        return reasons;
    }

    /** Returns the spacings by which a key can go back. */
    VersionSpacing spacing() {
        return limits.spacing();
    }

    /** Returns the memory that all kept sets need besides the served ones. */
    long bytes() {
        return bytes;
    }

    /** @param newest the newest set of the same key, with which this set may share parameters */
    void add(ParameterSet set, ParameterSet newest) {
        String name = name(set.snapshot().spec().name(), set.snapshot().key());
        List<Kept> ofKey = new ArrayList<>(keys.getOrDefault(name, List.of()));
        int at = 0;
        while (at < ofKey.size() && time(ofKey.get(at).set) > time(set)) {
            at++;
        }
        Kept kept = new Kept(name, set, sequence++, at == 0 ? newest : ofKey.get(at - 1).set);
        dropOrder.add(kept);
        count(kept, kept.newer);
        if (at < ofKey.size()) {
            count(ofKey.get(at), set);
        }
        ofKey.add(at, kept);
        keys.put(name, List.copyOf(ofKey));
        trim(ofKey, newest);
        while (bytes > limits.bytes()) {
            remove(dropOrder.first());
        }
    }

    /** Removes the sets of a key that are neither recent nor needed by a spacing. */
    private void trim(List<Kept> ofKey, ParameterSet newest) {
        BitSet needed = limits.spacing().needed(times(sets(ofKey)), time(newest));
        for (int i = 0; i < ofKey.size(); i++) {
            Kept kept = ofKey.get(i);
            if (i >= limits.versions() && !needed.get(i)) {
                remove(kept);
            } else if (kept.spaced != needed.get(i)) {
                dropOrder.remove(kept);
                kept.spaced = needed.get(i);
                dropOrder.add(kept);
            }
        }
    }

    void remove(ParameterSet set) {
        keys.getOrDefault(name(set.snapshot().spec().name(), set.snapshot().key()), List.of()).stream()
                .filter(kept -> kept.set == set)
                .findFirst()
                .ifPresent(this::remove);
    }

    private void remove(Kept kept) {
        dropOrder.remove(kept);
        bytes -= kept.bytes;
        List<Kept> others = new ArrayList<>(keys.getOrDefault(kept.name, List.of()));
        int at = others.indexOf(kept);
        others.remove(at);
        if (at < others.size()) {
            count(others.get(at), kept.newer);
        }
        if (others.isEmpty()) {
            keys.remove(kept.name);
        } else {
            keys.put(kept.name, List.copyOf(others));
        }
    }

    /** Counts the memory of a set, of which a part is shared with another one from now on. */
    private void count(Kept kept, ParameterSet newer) {
        bytes -= kept.bytes;
        kept.newer = newer;
        kept.bytes = kept.set.bytesNotIn(newer);
        bytes += kept.bytes;
    }

    void removeAll(String model, String key) {
        keys.getOrDefault(name(model, key), List.of()).forEach(this::remove);
    }

    /** Removes the sets of all keys. */
    void removeAll(String model) {
        keys.values().stream()
                .flatMap(List::stream)
                .filter(kept -> kept.set.snapshot().spec().name().equals(model))
                .toList()
                .forEach(this::remove);
    }

    private static List<ParameterSet> sets(List<Kept> kept) {
        return kept.stream().map(each -> each.set).toList();
    }

    private static long[] times(List<ParameterSet> sets) {
        return sets.stream().mapToLong(OlderVersions::time).toArray();
    }

    private static long time(ParameterSet set) {
        return set.published().publishedAt();
    }

    private static String name(String model, String key) {
        return model + "/" + key;
    }
}
