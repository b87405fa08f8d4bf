package io.freshet.learning.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A value that differs between two effective specifications.
 *
 * @param path of the field, such as {@code optimizer.learningRate}; lists are values
 * @param before null if the earlier specification lacks the field
 * @param after null if the later one lacks it
 */
public record SpecDifference(
        String path,
        @Nullable String before,
        @Nullable String after) {
    /** Returns what differs, in the order of the fields. */
    public static List<SpecDifference> between(ModelSpec before, ModelSpec after) {
        Map<String, String> old = values(before);
        Map<String, String> now = values(after);
        Set<String> paths = new LinkedHashSet<>(now.keySet());
        paths.addAll(old.keySet());
        List<SpecDifference> differences = new ArrayList<>();
        for (String path : paths) {
            SpecDifference difference = new SpecDifference(path, old.get(path), now.get(path));
            if (!String.valueOf(difference.before).equals(String.valueOf(difference.after))) {
                differences.add(difference);
            }
        }
        return differences;
    }

    private static Map<String, String> values(ModelSpec spec) {
        Map<String, String> values = new LinkedHashMap<>();
        flatten("", SpecWriter.write(spec), values);
        return values;
    }

    private static void flatten(String prefix, Map<?, ?> from, Map<String, String> to) {
        from.forEach((name, value) -> {
            if (value instanceof Map<?, ?> nested) {
                flatten(prefix + name + ".", nested, to);
            } else {
                to.put(prefix + name, String.valueOf(value));
            }
        });
    }
}
