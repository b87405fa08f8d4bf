package io.freshet.learning.spec;

import io.freshet.learning.features.RowLayout;
import io.freshet.learning.yaml.FieldChange;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Decides whether a model may switch to another specification, or start from the parameters of another model. */
public final class SpecCompatibility {
    /** The parts that determine the meaning of parameters and moments. */
    private static final List<String> SHAPE = List.of("features", "model", "outputs", "seed");

    private SpecCompatibility() {}

    /**
     * Returns why a model must not switch to a changed specification, with the old and new values; null if it may, because
     * the state is compatible or the new specification allows a reset.
     */
    public static @Nullable String refusal(ModelSpec from, ModelSpec to) {
        if (from.replicas() != null || to.replicas() != null) {
            return refusalOfReplicas(from, to);
        }
        String added = addedToJoin(from, to);
        if (added != null) {
            return added;
        }
        if (continues(from, to) || to.stream().reset()) {
            return null;
        }
        String obstacle = FeatureChange.obstacle(from, to);
        return differences(from, to, new TreeSet<>(from.stateParts().keySet()))
                + (from.features().equals(to.features()) || obstacle == null ? "" : "; " + obstacle)
                + " (expected: a change that keeps the model's state, or reset: true to start from scratch)";
    }

    /**
     * Returns which inputs a model with {@code join} could never learn with, null if there are none: requests have an input only
     * once the model that answers them does, and the answers without it are no samples of a model that needs it.
     */
    private static @Nullable String addedToJoin(ModelSpec from, ModelSpec to) {
        if (to.join() == null) {
            return null;
        }
        Map<String, List<FieldUse>> before = inputs(from).stream().collect(Collectors.groupingBy(FieldUse::name));
        Set<String> optional = to.optionalInputs();
        String added = inputs(to).stream()
                .filter(input -> !optional.contains(input.name()))
                .filter(input ->
                        before.getOrDefault(input.name(), List.of()).stream().noneMatch(input::isReadAs))
                .map(input -> input.name()
                        + (before.containsKey(input.name())
                                ? " as " + input.kind().words()
                                : ""))
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        return added.isEmpty()
                ? null
                : "join: " + added + " added (expected: inputs that features.missing allows to be"
                        + " absent, or the model deleted and applied again, since the model that answers takes no"
                        + " others before the new one has learned from its answers)";
    }

    /** Returns what a request can have to be learned. A vector of another length is another input. */
    private static List<FieldUse> inputs(ModelSpec spec) {
        Stream<FieldUse> vectors = spec.features().dense().stream()
                .map(vector -> new FieldUse(
                        RowLayout.wireName(vector.field()) + "[" + vector.length() + "]",
                        FieldUse.Kind.VECTOR,
                        FieldUse.Role.INPUT));
        Stream<FieldUse> others = FieldUse.of(spec).stream()
                .filter(use -> use.kind() != FieldUse.Kind.VECTOR && use.role() != FieldUse.Role.LEARNING);
        return Stream.concat(others, vectors).toList();
    }

    private static @Nullable String refusalOfReplicas(ModelSpec from, ModelSpec to) {
        String expected =
                " (expected: a change that keeps the states of all replicas, or the model deleted and applied again)";
        if (!from.stateHash().equals(to.stateHash())) {
            Set<String> parts = new TreeSet<>(from.stateParts().keySet());
            parts.addAll(to.stateParts().keySet());
            return differences(from, to, parts) + expected;
        }
        if (from.holdout() != to.holdout()) {
            return difference("holdout", from.holdout(), to.holdout())
                    + " (expected: the same with replicas, since samples are held out before they have a round)";
        }
        return Objects.equals(from.stream().warmStart(), to.stream().warmStart())
                ? null
                : difference("warmStart", from.stream().warmStart(), to.stream().warmStart()) + expected;
    }

    /** Returns whether a state continues with a changed specification, perhaps with other features. */
    public static boolean continues(ModelSpec from, ModelSpec to) {
        return from.stateHash().equals(to.stateHash()) || FeatureChange.isPossible(from, to);
    }

    /**
     * Returns why a model cannot start from the parameters of another, with the values that differ; null if it can. The loss
     * and the optimizer may differ.
     */
    public static @Nullable String misfit(ModelSpec from, ModelSpec to) {
        String differences = differences(from, to, SHAPE);
        return differences.isEmpty()
                ? null
                : differences + " (expected: the shape that the parameters were learned in)";
    }

    private static String differences(ModelSpec from, ModelSpec to, Collection<String> parts) {
        Map<String, String> before = from.stateParts();
        Map<String, String> after = to.stateParts();
        StringJoiner differences = new StringJoiner("; ");
        for (String part : parts) {
            if (part.equals("features")) {
                FeatureDifference.between(from.features(), to.features()).forEach(differences::add);
            } else if (!Objects.equals(before.get(part), after.get(part))) {
                differences.add(difference(part, before.get(part), after.get(part)));
            }
        }
        String moved = FeatureChange.moved(
                from.features().hashedFeatures(), to.features().hashedFeatures());
        if (moved != null && parts.contains("features")) {
            differences.add(moved);
        }
        return differences.toString();
    }

    private static String difference(String name, @Nullable Object before, @Nullable Object after) {
        return name + ": " + new FieldChange(name, before, after).values();
    }
}
