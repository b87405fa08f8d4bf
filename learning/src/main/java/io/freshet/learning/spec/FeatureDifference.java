package io.freshet.learning.spec;

import io.freshet.learning.yaml.FieldChange;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    static Stream<String> between(FeatureSpec from, FeatureSpec to) {
        return FieldChange.shallow(FeatureSpec.FIELDS.state(from), FeatureSpec.FIELDS.state(to))
                .map(change -> "features." + change.field() + ": " + words(change));
    }

    private static String words(FieldChange change) {
        Object before = change.before();
        Object after = change.after();
        if (before instanceof Collection<?> || after instanceof Collection<?>) {
            String elements = removedLast(elements(before), elements(after))
                    .map(FeatureDifference::ofElement)
                    .collect(Collectors.joining(", "));
            return elements.isEmpty() ? "in another order" : elements;
        }
        return before instanceof Map<?, ?> || after instanceof Map<?, ?> ? ofSettings(before, after) : change.values();
    }

    private static Stream<FieldChange> removedLast(Map<?, ?> before, Map<?, ?> after) {
        return FieldChange.shallow(before, after).sorted(Comparator.comparing(change -> change.after() == null));
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

    private static String ofElement(FieldChange change) {
        if (change.before() == null) {
            return change.field() + " added";
        }
        return change.field()
                + (change.after() == null ? " removed" : " with " + ofSettings(change.before(), change.after()));
    }

    /** Returns the settings that changed: {@code length 3, was 2}. A text is the short form of its default. */
    private static String ofSettings(@Nullable Object before, @Nullable Object after) {
        return removedLast(settings(before), settings(after))
                .map(setting -> setting.field() + " " + setting.values())
                .collect(Collectors.joining(", "));
    }

    private static Map<String, Object> settings(@Nullable Object value) {
        Map<String, Object> settings = new LinkedHashMap<>();
        addSettings(settings, "", value);
        return settings;
    }

    private static void addSettings(Map<String, Object> target, String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> settings) {
            settings.forEach((name, each) -> addSettings(target, path.isEmpty() ? "" + name : path + "." + name, each));
        } else if (value != null) {
            target.put(path.isEmpty() ? DEFAULT : path, value);
        }
    }
}
