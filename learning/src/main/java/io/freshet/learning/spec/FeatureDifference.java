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
import org.jspecify.annotations.Nullable;

/** What differs between the features of two specifications, for messages. */
final class FeatureDifference {
    private static final String FIELD = "field";

    private FeatureDifference() {}

    /**
     * Returns a text for each field that differs, such as {@code features.hashBits: 3, was 4}, or {@code features.numeric: fare added,
     * distance removed}.
     */
    static List<String> between(FeatureSpec from, FeatureSpec to) {
        Map<String, Object> before = SpecWriter.features(from);
        Map<String, Object> after = SpecWriter.features(to);
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
        return before instanceof Collection<?> || after instanceof Collection<?>
                ? ofLists(elements(before), elements(after))
                : (after == null ? "none" : after) + ", was " + (before == null ? "none" : before);
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
                differences.add(field + " with " + changed(old, element));
            }
        });
        before.keySet().stream()
                .filter(field -> !after.containsKey(field))
                .forEach(field -> differences.add(field + " removed"));
        return differences.isEmpty() ? "in another order" : String.join(", ", differences);
    }

    /** Returns the settings of an element that changed: {@code length 3, was 2}. */
    private static String changed(Object before, Object after) {
        if (!(before instanceof Map<?, ?> old) || !(after instanceof Map<?, ?> now)) {
            return after + ", was " + before;
        }
        List<String> changes = new ArrayList<>();
        now.forEach((name, value) -> {
            if (!value.equals(old.get(name))) {
                changes.add(name + " " + value + ", was " + old.get(name));
            }
        });
        return String.join(", ", changes);
    }
}
