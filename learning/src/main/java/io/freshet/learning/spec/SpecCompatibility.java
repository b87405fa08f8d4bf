package io.freshet.learning.spec;

import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Says whether a model may go over from one specification to another. */
public final class SpecCompatibility {
    private SpecCompatibility() {}

    /**
     * Returns why a model must not go over to a changed specification, naming what differs in both; or null if it may: it
     * goes on from its state, or the new one says that it may start anew.
     */
    public static @Nullable String refusal(ModelSpec from, ModelSpec to) {
        if (from.stateHash().equals(to.stateHash()) || to.stream().reset()) {
            return null;
        }
        Map<String, String> before = from.stateParts();
        Map<String, String> after = to.stateParts();
        StringJoiner differences = new StringJoiner("; ");
        for (String part : new TreeSet<>(before.keySet())) {
            if (!Objects.equals(before.get(part), after.get(part))) {
                differences.add(part + ": " + after.get(part) + ", was " + before.get(part));
            }
        }
        return differences + " (expected: what the model's state can go on from, or reset: true to start anew)";
    }
}
