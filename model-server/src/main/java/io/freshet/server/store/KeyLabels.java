package io.freshet.server.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The labels of a key. Immutable.
 *
 * @param newest the newest set of the key
 * @param versions what each label names
 */
public record KeyLabels(ParameterSet newest, Map<VersionLabel, LabeledVersion> versions) {
    public KeyLabels {
        versions = Map.copyOf(versions);
    }

    /** Returns the set that a label names, or null if the key does not have the label. */
    public @Nullable ParameterSet set(VersionLabel label) {
        LabeledVersion version = versions.get(label);
        return version == null ? null : version.set() == null ? newest : version.set();
    }

    /** Returns the set that answers requests, unless another version is named or selected. */
    public ParameterSet stable() {
        ParameterSet stable = set(VersionLabel.STABLE);
        return stable == null ? newest : stable;
    }

    /** Returns the labels that name a set, in order. */
    public List<VersionLabel> of(ParameterSet set) {
        return Arrays.stream(VersionLabel.values())
                .filter(label -> set(label) == set)
                .toList();
    }

    /** Returns whether the key serves a certain set, whatever is published. */
    public boolean isPinned() {
        LabeledVersion stable = versions.get(VersionLabel.STABLE);
        return stable != null && stable.set() != null;
    }

    /** Returns the newest set and those with labels, each once, the newest first. */
    public List<ParameterSet> sets() {
        List<ParameterSet> sets = new ArrayList<>(List.of(newest));
        for (LabeledVersion version : versions.values()) {
            if (version.set() != null && !sets.contains(version.set())) {
                sets.add(version.set());
            }
        }
        return sets;
    }

    KeyLabels withNewest(ParameterSet set) {
        return new KeyLabels(set, versions);
    }

    KeyLabels with(VersionLabel label, LabeledVersion version) {
        Map<VersionLabel, LabeledVersion> changed = new EnumMap<>(VersionLabel.class);
        changed.putAll(versions);
        changed.put(label, version);
        return new KeyLabels(newest, changed);
    }

    KeyLabels without(VersionLabel label) {
        Map<VersionLabel, LabeledVersion> changed = new EnumMap<>(VersionLabel.class);
        changed.putAll(versions);
        changed.remove(label);
        return new KeyLabels(newest, changed);
    }
}
