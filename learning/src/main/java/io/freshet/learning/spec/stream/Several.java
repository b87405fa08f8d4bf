package io.freshet.learning.spec.stream;

import io.freshet.learning.yaml.SpecNode;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** How several outcomes of one request become one label, by their event times. */
public enum Several {
    /** The value of the earliest. */
    FIRST,
    /** The value of the latest. */
    LAST,
    /** The sum of all values. */
    SUM,
    /** The largest value. */
    MAX,
    /** The mean of all values. */
    MEAN;

    private static final SortedMap<String, Several> BY_NAME = new TreeMap<>();

    static {
        for (Several several : values()) {
            BY_NAME.put(several.yamlName(), several);
        }
    }

    static Several read(SpecNode node) {
        return node.oneOf("several", LAST.yamlName(), BY_NAME);
    }

    /** Returns whether values are numbers: only the first or the last of several names of classes is one. */
    public boolean needsNumbers() {
        return this != FIRST && this != LAST;
    }

    /** Returns the name in YAML. */
    public String yamlName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
