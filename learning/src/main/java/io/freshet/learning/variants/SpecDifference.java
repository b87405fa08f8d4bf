package io.freshet.learning.variants;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.yaml.YamlDocument;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A field whose value differs between two effective specifications.
 *
 * @param field path of the field, for example {@code optimizer.learningRate}
 * @param before old value as parsed from YAML, or null if absent
 * @param after new value as parsed from YAML, or null if absent
 */
public record SpecDifference(
        String field, @Nullable Object before, @Nullable Object after) {
    /**
     * Returns the differences in the order of the fields. Ignores {@code reset}, which permits a change but is not part
     * of the model.
     */
    public static List<SpecDifference> between(ModelSpec before, ModelSpec after) {
        List<SpecDifference> differences = new ArrayList<>();
        compare("", tree(before), tree(after), differences);
        return differences;
    }

    private static Object tree(ModelSpec spec) {
        return YamlDocument.load(spec.withStream(spec.stream().withReset(false)).toYaml());
    }

    private static void compare(
            String path, @Nullable Object before, @Nullable Object after, List<SpecDifference> differences) {
        if (before instanceof Map<?, ?> old && after instanceof Map<?, ?> now) {
            Set<Object> fields = new LinkedHashSet<>(old.keySet());
            fields.addAll(now.keySet());
            for (Object field : fields) {
                String at = path.isEmpty() ? field.toString() : path + "." + field;
                compare(at, old.get(field), now.get(field), differences);
            }
        } else if (!Objects.equals(before, after)) {
            differences.add(new SpecDifference(path, before, after));
        }
    }

    /** Returns one line: {@code optimizer.learningRate: 0.05 -> 0.01}. */
    @Override
    public String toString() {
        return field + ": " + shown(before) + " -> " + shown(after);
    }

    private static Object shown(@Nullable Object value) {
        return value == null ? "none" : value;
    }
}
