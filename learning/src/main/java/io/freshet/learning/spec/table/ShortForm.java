package io.freshet.learning.spec.table;

import static java.util.Map.entry;

import io.freshet.learning.yaml.SpecNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The mappings that may be written as the value of one of their fields: {@code batch: 32} is {@code batch: {size: 32}}. */
public final class ShortForm {
    /** The field that names one of several kinds. */
    public static final String TYPE = "type";

    private static final Map<String, String> FIELDS = Map.ofEntries(
            entry("loss", TYPE),
            entry("model", TYPE),
            entry("optimizer", TYPE),
            entry("schedule", TYPE),
            entry("order", TYPE),
            entry("drift", TYPE),
            entry("batch", "size"),
            entry("replicas", "count"),
            entry("merge", TYPE),
            entry("missing", "default"),
            entry("delayed", TYPE));

    private ShortForm() {}

    /** Returns the field whose value alone is short for a mapping; null if it has no short form. */
    public static @Nullable String field(String mapping) {
        return FIELDS.get(mapping);
    }

    public static SpecNode node(SpecNode parent, String mapping) {
        String field = field(mapping);
        return field == null ? parent.node(mapping) : parent.node(mapping, field);
    }
}
