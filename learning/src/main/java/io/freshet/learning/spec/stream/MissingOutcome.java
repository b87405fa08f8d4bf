package io.freshet.learning.spec.stream;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The label of a request without outcomes.
 *
 * @param label a number; null to emit no sample
 * @param exposure field of a request or of one of its outcomes that must be true for the label to count; null if it always counts
 */
public record MissingOutcome(
        @Nullable Double label, @Nullable String exposure) {
    private static final String NEGATIVE = "negative";
    private static final String DROP = "drop";

    static MissingOutcome read(SpecNode node, Loss loss) {
        String exposure = node.optionalFieldName("exposure");
        Double label = label(node, loss);
        if (label == null && exposure != null) {
            throw SpecException.of(
                    node.path("exposure"), exposure, "none beside missing: drop, which has no label to limit");
        }
        return new MissingOutcome(label, exposure);
    }

    private static @Nullable Double label(SpecNode node, Loss loss) {
        if (node.isMapping("missing")) {
            SpecNode missing = node.node("missing");
            if (!missing.has("label")) {
                throw SpecException.of(missing.path("label"), "missing", "a number");
            }
            double label = missing.number("label", 0, value -> Math.abs(value) <= Float.MAX_VALUE, "a number");
            missing.end();
            return label;
        }
        String name = node.text("missing", loss.task().isBinary() ? NEGATIVE : DROP, "negative, drop, {label: 0}");
        return switch (name) {
            case NEGATIVE -> 0.0;
            case DROP -> null;
            default -> throw SpecException.of(node.path("missing"), name, "negative, drop, {label: 0}");
        };
    }

    void write(Map<String, Object> map) {
        map.put("missing", label == null ? DROP : label == 0 ? NEGATIVE : Map.of("label", label));
        if (exposure != null) {
            map.put("exposure", exposure);
        }
    }
}
