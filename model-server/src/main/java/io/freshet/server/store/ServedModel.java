package io.freshet.server.store;

import io.freshet.learning.spec.PublishSpec.Lane;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The parameter sets of one model: one under the key "", or one per value of its key field.
 *
 * <p>A key serves its newest set, or the one with the label {@code stable}; the others can be requested by version or label. A swap stores one
 * reference. While a new specification rolls out, the sets of a keyed model may have different ones, but all are
 * compatible ({@link ServedSpec#isCompatibleWith}). Any thread may read; only the store writes.
 */
public final class ServedModel {
    private final String name;
    private final OlderVersions older;
    /** Served sets, by key: those of the label {@code stable}, or else the newest. */
    private final ConcurrentHashMap<String, ParameterSet> sets = new ConcurrentHashMap<>();
    /** The labels of the keys that have any. */
    private final Map<String, KeyLabels> labels = new ConcurrentHashMap<>();

    private final ModelTotals totals = new ModelTotals(sets.values());
    private volatile ServedSpec spec;
    /** What the newest specification replaced; null if this server has received no other. */
    private volatile @Nullable SpecChange change;

    private volatile long publishedAt;
    private volatile String topic;
    /** Where the latest set was read, and its key. */
    private SnapshotOrigin source;

    private String latestKey;
    /** Created when first needed. */
    private volatile @Nullable ParameterSet zero;

    /** @param replaced the model of the same name that this one replaces, or null */
    ServedModel(ParameterSet first, OlderVersions older, @Nullable ServedModel replaced) {
        this(first.served(), older, first.source());
        publishedAt = first.published().publishedAt();
        change = replaced == null ? null : new SpecChange(replaced.spec, publishedAt);
        topic = first.published().topic();
        latestKey = first.snapshot().key();
        put(first);
    }

    private ServedModel(ServedSpec spec, OlderVersions older, SnapshotOrigin source) {
        this.spec = spec;
        this.older = older;
        this.source = source;
        name = spec.spec().name();
        topic = "";
        latestKey = "";
    }

    /** Returns a model that nothing is published of: version 0, or no key. */
    static ServedModel untrained(ServedSpec spec) {
        ParameterSet zero = ParameterSet.zero(spec);
        ServedModel model = new ServedModel(spec, new OlderVersions(VersionLimits.DEFAULT), zero.source());
        if (!spec.isKeyed()) {
            model.put(zero);
        }
        return model;
    }

    public String name() {
        return name;
    }

    /** Returns the newest specification. */
    public ServedSpec spec() {
        return spec;
    }

    /** Returns what the newest specification replaced; null if this server has received no other. */
    public @Nullable SpecChange lastChange() {
        return change;
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

    /**
     * Returns a parameter set of a key, or null if there is none. The served set takes precedence.
     *
     * @param version a version, a label of the key, or {@link VersionLabel#NEWEST}
     */
    public @Nullable ParameterSet set(String key, String version) {
        if (version.equals(VersionLabel.NEWEST)) {
            return newest(key);
        }
        Optional<VersionLabel> label = VersionLabel.of(version);
        ParameterSet served = sets.get(key);
        if (label.isPresent()) {
            KeyLabels labeled = labels(key);
            ParameterSet set = labeled == null ? null : labeled.set(label.get());
            return set == null && label.get() == VersionLabel.STABLE ? served : set;
        }
        if (served == null || Long.toString(served.version()).equals(version)) {
            return served;
        }
        return versions(key).stream()
                .filter(set -> Long.toString(set.version()).equals(version))
                .findFirst()
                .orElse(null);
    }

    /** Returns all parameter sets of a key that requests can name, newest first. */
    public List<ParameterSet> versions(String key) {
        List<ParameterSet> held = held(key);
        List<ParameterSet> versions = new ArrayList<>(held);
        older.of(name, key).stream().filter(set -> !held.contains(set)).forEach(versions::add);
        if (!versions.isEmpty()) {
            // A recovered job publishes a version again, so the newest one may not be the one that was published last.
            versions.subList(1, versions.size())
                    .sort(Comparator.comparingLong(
                                    (ParameterSet set) -> set.published().publishedAt())
                            .reversed());
        }
        return versions;
    }

    /** Returns why each older version of a key is kept: {@code recent}, the spacings that need it, and {@code early}. */
    public Map<ParameterSet, List<String>> reasons(String key) {
        ParameterSet newest = newest(key);
        return newest == null ? Map.of() : older.reasons(name, key, newest);
    }

    /** Returns the durations by which the server's options let each key go back, ascending. */
    public List<Duration> spacings() {
        return older.spacing().spacings();
    }

    /**
     * Returns the set of a key that was the newest at a time: of those that requests can name, the last one published
     * until then; null if there is none.
     *
     * @param time milliseconds since 1970, UTC
     */
    public @Nullable ParameterSet setAt(String key, long time) {
        return versions(key).stream()
                .filter(set -> set.published().publishedAt() <= time)
                .max(Comparator.comparingLong(set -> set.published().publishedAt()))
                .orElse(null);
    }

    /**
     * Returns the set of a key with a version that was published at a time, or null if it is not kept.
     *
     * @param publishedAt milliseconds since 1970, UTC
     */
    public @Nullable ParameterSet publishedAt(String key, String version, long publishedAt) {
        return versions(key).stream()
                .filter(set -> set.published().publishedAt() == publishedAt
                        && Long.toString(set.version()).equals(version))
                .findFirst()
                .orElse(null);
    }

    /** Returns whether a key has a label. */
    public boolean hasLabels() {
        return !labels.isEmpty();
    }

    /** Returns the labels of a key, or null if it has none. */
    public @Nullable KeyLabels labels(String key) {
        return labels.get(key);
    }

    /** Returns the labels of all keys that have any, in no particular order. */
    public List<KeyLabels> labeled() {
        return List.copyOf(labels.values());
    }

    /** Returns the number of keys that have a label. */
    public int labeledKeys(VersionLabel label) {
        return (int) labels.values().stream()
                .filter(each -> each.versions().containsKey(label))
                .count();
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

    /** Returns the first keys in order that start with a prefix, at most {@code limit}. */
    public List<String> keys(String prefix, int limit) {
        PriorityQueue<String> first = new PriorityQueue<>(Comparator.reverseOrder());
        for (String key : sets.keySet()) {
            boolean full = first.size() == limit;
            // Most of many keys are not among the first, and change nothing.
            if (key.startsWith(prefix) && (!full || key.compareTo(first.element()) < 0)) {
                if (full) {
                    first.remove();
                }
                first.add(key);
            }
        }
        return first.stream().sorted().toList();
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

    /** Returns when the newest set was published, milliseconds since 1970, UTC; 0 if none was. */
    public long publishedAt() {
        return publishedAt;
    }

    /** Returns the name of the topic with the samples of the newest set. */
    public String topic() {
        return topic;
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
        KeyLabels labeled = labels(key);
        if (labeled != null) {
            hold(key, labeled.withNewest(set));
        } else {
            // First, so that requests find the version all the time.
            if (newest != null) {
                older.add(newest, set);
            }
            serve(key, set);
        }
        if (precedes(set) || set.published().publishedAt() == publishedAt) {
            publishedAt = set.published().publishedAt();
            topic = set.published().topic();
            source = set.source();
            latestKey = key;
            if (set.served() != spec) {
                change = new SpecChange(spec, publishedAt);
                spec = set.served();
            }
        }
        return true;
    }

    /** Returns whether the latest set was published before this one: read before it, if it has the same key, else by time. */
    boolean precedes(ParameterSet set) {
        return set.source().replaces(source)
                || (set.snapshot().key().equals(latestKey) && set.source().follows(source))
                || set.published().publishedAt() > publishedAt;
    }

    /** Labels a version of a known key. */
    void label(String key, VersionLabel label, LabeledVersion version) {
        KeyLabels labeled = labels(key);
        ParameterSet newest = newest(key);
        if (newest != null) {
            hold(key, (labeled == null ? new KeyLabels(newest, Map.of()) : labeled).with(label, version));
        }
    }

    /** Removes a label; returns false if the key does not have it. */
    boolean unlabel(String key, VersionLabel label) {
        KeyLabels labeled = labels(key);
        if (labeled == null || !labeled.versions().containsKey(label)) {
            return false;
        }
        hold(key, labeled.without(label));
        return true;
    }

    /** Removes a label of all keys. */
    void unlabelAll(VersionLabel label) {
        labels.keySet().forEach(key -> unlabel(key, label));
    }

    /** Removes a key and its older versions; returns false if it is unknown or is from another lane. */
    boolean remove(String key, Lane lane) {
        ParameterSet newest = newest(key);
        if (newest == null || newest.lane() != lane) {
            return false;
        }
        labels.remove(key);
        totals.replaced(sets.remove(key), null);
        older.removeAll(name, key);
        return true;
    }

    private @Nullable ParameterSet newest(String key) {
        KeyLabels labeled = labels(key);
        return labeled == null ? sets.get(key) : labeled.newest();
    }

    /** Returns the sets of a key that are kept whatever the limits, the newest first. */
    private List<ParameterSet> held(String key) {
        KeyLabels labeled = labels(key);
        ParameterSet served = sets.get(key);
        return labeled != null ? labeled.sets() : served != null ? List.of(served) : List.of();
    }

    /** Changes the newest set and the labels of a key. The sets that lose their last label become older versions. */
    private void hold(String key, KeyLabels changed) {
        List<ParameterSet> held = changed.sets();
        held(key).stream().filter(set -> !held.contains(set)).forEach(set -> older.add(set, changed.newest()));
        ParameterSet served = sets.get(key);
        if (changed.versions().isEmpty()) {
            labels.remove(key);
        } else {
            labels.put(key, changed);
        }
        if (served != changed.stable()) {
            serve(key, changed.stable());
        }
        held.forEach(older::remove);
    }

    private void serve(String key, ParameterSet set) {
        totals.replaced(sets.put(key, set), set);
    }
}
