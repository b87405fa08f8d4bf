package io.freshet.learning.spec.stream;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.yaml.NameSuggestion;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.List;
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

    /** @param classes names of the classes, of which the label is one; empty if labels are numbers */
    static MissingOutcome read(SpecNode node, Loss loss, List<String> classes) {
        String exposure = node.optionalFieldName("exposure");
        Double label = label(node, loss, classes);
        if (label == null && exposure != null) {
            throw SpecException.of(
                    node.path("exposure"), exposure, "none beside missing: drop, which has no label to limit");
        }
        return new MissingOutcome(label, exposure);
    }

    private static @Nullable Double label(SpecNode node, Loss loss, List<String> classes) {
        if (node.isMapping("missing")) {
            SpecNode missing = node.node("missing");
            if (!missing.has("label")) {
                throw SpecException.of(missing.path("label"), "missing", expected(classes));
            }
            double label = classes.isEmpty()
                    ? missing.number("label", 0, value -> Math.abs(value) <= Float.MAX_VALUE, "a number")
                    : number(missing.path("label"), missing.text("label"), classes);
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

    private static double number(String path, String name, List<String> classes) {
        int number = classes.indexOf(name);
        if (number < 0) {
            throw SpecException.of(path, name, expected(classes) + NameSuggestion.hint(name, classes));
        }
        return number;
    }

    private static String expected(List<String> classes) {
        return classes.isEmpty() ? "a number" : "a name of labels";
    }

    void write(Map<String, Object> map, List<String> classes) {
        map.put("missing", label == null ? DROP : label == 0 ? NEGATIVE : Map.of("label", written(label, classes)));
        if (exposure != null) {
            map.put("exposure", exposure);
        }
    }

    private static Object written(Double label, List<String> classes) {
        return classes.isEmpty() ? label : classes.get(label.intValue());
    }
}
