package io.freshet.learning.spec;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Says whether a model may go over from one specification to another, or start from what another has learned. */
public final class SpecCompatibility {
    /** What gives parameters and moments their meaning. */
    private static final List<String> SHAPE = List.of("features", "model", "outputs", "seed");

    private SpecCompatibility() {}

    /**
     * Returns why a model must not go over to a changed specification, naming what differs in both; or null if it may: it
     * goes on from its state, or the new one says that it may start anew.
     */
    public static @Nullable String refusal(ModelSpec from, ModelSpec to) {
        if (from.stateHash().equals(to.stateHash()) || to.stream().reset()) {
            return null;
        }
        return differences(from, to, new TreeSet<>(from.stateParts().keySet()))
                + " (expected: a change that keeps the model's state, or reset: true to start from scratch)";
    }

    /**
     * Returns why parameters that were learned by one specification mean nothing to another, naming what differs in both;
     * or null if it can start from them: loss, optimizer and all that is no shape may differ.
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
            if (!Objects.equals(before.get(part), after.get(part))) {
                differences.add(part + ": " + after.get(part) + ", was " + before.get(part));
            }
        }
        return differences.toString();
    }
}
