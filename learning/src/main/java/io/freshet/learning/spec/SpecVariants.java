package io.freshet.learning.spec;

import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.YamlDocument;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Variants of a specification: one for each combination of the values of the varied fields.
 *
 * <p>{@code optimizer=sgd,adam} yields two variants, and together with {@code batch.size=1,32} four. {@code optimizer}
 * is short for {@code optimizer.type}. A variant that changes a type keeps only {@code learningRate} of the fields next
 * to it, if the new type has it, because it may not have the others. A variant is named after the specification and its values:
 * {@code delays.adam.size-32}.
 *
 * @param name name of the specification
 * @param variants at least one; the values of the last variation change fastest
 */
public record SpecVariants(String name, List<Variant> variants) {
    /** Readers cannot distinguish more lines than this in a chart. */
    public static final int MAXIMUM = 32;

    private static final int MAXIMUM_NAME = 100;

    /**
     * A variant.
     *
     * @param spec the resulting specification
     * @param values value of each varied field by path; null if the field is removed
     */
    public record Variant(ModelSpec spec, Map<String, @Nullable Object> values) {}

    /**
     * Returns all variants.
     *
     * @param yaml the specification
     * @param variations each in the form {@code path=value,value,...}, with values in YAML
     * @throws SpecException if there is no variation, if there are more than {@value #MAXIMUM} variants, or if a
     *     variation or variant is invalid; names the variant before the path
     */
    public static SpecVariants of(String yaml, List<String> variations) {
        Object document = YamlDocument.load(yaml);
        if (!(document instanceof Map<?, ?>)) {
            // Throws the error that describes the document.
            ModelSpec.parse(yaml);
        }
        Object given = document instanceof Map<?, ?> map ? map.get("name") : null;
        String name = given == null ? "specification" : given.toString();
        List<Variation> fields = parse(variations);
        Set<String> names = new LinkedHashSet<>();
        List<Variant> variants = new ArrayList<>();
        for (List<@Nullable Object> values : combinations(fields)) {
            variants.add(variant(Variation.mapping(Variation.copy(document)), name, fields, values, names));
        }
        return new SpecVariants(name, List.copyOf(variants));
    }

    private static List<Variation> parse(List<String> variations) {
        List<Variation> fields = new ArrayList<>();
        Set<String> paths = new LinkedHashSet<>();
        long count = 1;
        for (String text : variations) {
            Variation field = Variation.parse(text);
            if (!paths.add(field.pathText())) {
                throw SpecException.of(field.pathText(), "varies twice", "each path once");
            }
            fields.add(field);
            count = Math.min(count * field.values().size(), Integer.MAX_VALUE);
        }
        if (fields.isEmpty()) {
            throw new SpecException("no variation (expected: " + Variation.EXPECTED + ")");
        }
        if (count > MAXIMUM) {
            throw new SpecException(count + " variants (expected: up to " + MAXIMUM + ")");
        }
        return fields;
    }

    private static List<List<@Nullable Object>> combinations(List<Variation> fields) {
        List<List<@Nullable Object>> combinations = List.of(List.of());
        for (Variation field : fields) {
            List<List<@Nullable Object>> longer = new ArrayList<>();
            for (List<@Nullable Object> combination : combinations) {
                for (Object value : field.values()) {
                    List<@Nullable Object> extended = new ArrayList<>(combination);
                    extended.add(value);
                    longer.add(extended);
                }
            }
            combinations = longer;
        }
        return combinations;
    }

    private static Variant variant(
            Map<Object, Object> document,
            String base,
            List<Variation> fields,
            List<@Nullable Object> values,
            Set<String> names) {
        Map<String, @Nullable Object> varied = new LinkedHashMap<>();
        StringJoiner label = new StringJoiner(".");
        for (int i = 0; i < fields.size(); i++) {
            varied.put(fields.get(i).pathText(), values.get(i));
            label.add(fields.get(i).label(values.get(i)));
        }
        // A mapping first, then its type, then its other fields, because each of these may remove the next.
        List<Integer> order = IntStream.range(0, fields.size())
                .boxed()
                .sorted(Comparator.<Integer>comparingInt(
                                i -> fields.get(i).path().size())
                        .thenComparing(i -> !fields.get(i).isType()))
                .toList();
        String name = unique(base + "." + label, names);
        if (document.containsKey("name")) {
            document.put("name", name);
        }
        try {
            for (int i : order) {
                fields.get(i).apply(document, values.get(i));
            }
            return new Variant(ModelSpec.parse(YamlDocument.write(document)), Collections.unmodifiableMap(varied));
        } catch (SpecException e) {
            throw new SpecException(SpecException.shortened(name) + ": " + e.getMessage());
        }
    }

    /** Returns the name, truncated if it is too long, and numbered if it is not unique. */
    private static String unique(String name, Set<String> names) {
        String candidate = name.length() > MAXIMUM_NAME ? name.substring(0, MAXIMUM_NAME) : name;
        for (int number = 2; !names.add(candidate); number++) {
            String suffix = "-" + number;
            candidate = name.substring(0, Math.min(name.length(), MAXIMUM_NAME - suffix.length())) + suffix;
        }
        return candidate;
    }
}
