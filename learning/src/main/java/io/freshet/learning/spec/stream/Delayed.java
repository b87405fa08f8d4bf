package io.freshet.learning.spec.stream;

import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How a model learns a label that changes after it was learned. */
public enum Delayed {
    /** A changed label is learned as its difference from the previous one: gradient -(label - previous) x. */
    RETRACT,
    /** No label is learned before it is final: samples are emitted at the end of attribution. */
    WAIT;

    static final SortedMap<String, Delayed> TYPES = new TreeMap<>(Map.of("retract", RETRACT, "wait", WAIT));

    /** Returns the name in YAML. */
    String yamlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns whether samples have their final labels when they are emitted. */
    public boolean waits() {
        return this == WAIT;
    }
}
