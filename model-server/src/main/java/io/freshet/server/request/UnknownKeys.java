package io.freshet.server.request;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What predicts a row of a keyed model whose key has no parameters yet. */
public enum UnknownKeys {
    /** Another model, without a key, that learns from the same samples. */
    PARENT,
    /** Parameters that are all 0. */
    ZERO,
    /** Nothing: the row has no prediction, and the reason instead. */
    ERROR;

    /** The names of all policies, for messages. */
    public static final String NAMES =
            Arrays.stream(values()).map(UnknownKeys::label).collect(Collectors.joining(", "));

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the policy with a name, if there is one. */
    public static Optional<UnknownKeys> of(String label) {
        return Arrays.stream(values())
                .filter(policy -> policy.label().equals(label))
                .findFirst();
    }
}
