package io.freshet.learning.spec;

import io.freshet.learning.spec.feature.FeatureSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What differs between the features of two specifications, for messages. */
final class FeatureDifference {
    private static final String FIELD = "field";
    private static final String DEFAULT = "default";

    private FeatureDifference() {}

    /**
     * Returns a text for each field that differs, such as {@code features.hashBits: 3, was 4}, or {@code features.numeric: fare added,
     * distance removed}.
     */
    static List<String> between(FeatureSpec from, FeatureSpec to) {
        Map<String, Object> before = SpecWriter.stateFeatures(from);
        Map<String, Object> after = SpecWriter.stateFeatures(to);
        Set<String> fields = new LinkedHashSet<>(before.keySet());
        fields.addAll(after.keySet());
        List<String> differences = new ArrayList<>();
        for (String field : fields) {
            if (!Objects.equals(before.get(field), after.get(field))) {
                differences.add("features." + field + ": " + difference(before.get(field), after.get(field)));
            }
        }
        return differences;
    }

    private static String difference(@Nullable Object before, @Nullable Object after) {
        if (before instanceof Collection<?> || after instanceof Collection<?>) {
            return ofLists(elements(before), elements(after));
        }
        return before instanceof Map<?, ?> || after instanceof Map<?, ?>
                ? ofSettings(before, after)
                : change("", before, after);
    }

    /** Returns the elements of a list by the field that each is about; those of null are none. */
    private static Map<Object, Object> elements(@Nullable Object list) {
        Map<Object, Object> elements = new LinkedHashMap<>();
        if (list instanceof Collection<?> all) {
            for (Object element : all) {
                Object field = element instanceof Map<?, ?> settings ? settings.get(FIELD) : null;
                elements.put(field == null ? element : field, element);
            }
        }
        return elements;
    }

    private static String ofLists(Map<Object, Object> before, Map<Object, Object> after) {
        List<String> differences = new ArrayList<>();
        after.forEach((field, element) -> {
            Object old = before.get(field);
            if (old == null) {
                differences.add(field + " added");
            } else if (!old.equals(element)) {
                differences.add(field + " with " + ofSettings(old, element));
            }
        });
        before.keySet().stream()
                .filter(field -> !after.containsKey(field))
                .forEach(field -> differences.add(field + " removed"));
        return differences.isEmpty() ? "in another order" : String.join(", ", differences);
    }

    /** Returns the settings that changed: {@code length 3, was 2}. A text is the short form of its default. */
    private static String ofSettings(@Nullable Object before, @Nullable Object after) {
        Map<String, Object> old = new LinkedHashMap<>();
        Map<String, Object> now = new LinkedHashMap<>();
        addSettings(old, "", before);
        addSettings(now, "", after);
        Set<String> names = new LinkedHashSet<>(now.keySet());
        names.addAll(old.keySet());
        return names.stream()
                .filter(name -> !Objects.equals(old.get(name), now.get(name)))
                .map(name -> change(name + " ", old.get(name), now.get(name)))
                .collect(Collectors.joining(", "));
    }

    private static void addSettings(Map<String, Object> target, String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> settings) {
            settings.forEach((name, each) -> addSettings(target, path.isEmpty() ? "" + name : path + "." + name, each));
        } else if (value != null) {
            target.put(path.isEmpty() ? DEFAULT : path, value);
        }
    }

    private static String change(String name, @Nullable Object before, @Nullable Object after) {
        return name + (after == null ? "none" : after) + ", was " + (before == null ? "none" : before);
    }
}
