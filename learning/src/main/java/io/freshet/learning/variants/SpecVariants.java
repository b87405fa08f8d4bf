package io.freshet.learning.variants;

import io.freshet.learning.spec.ModelSpec;
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
 * Variants of a specification: one for each combination of the values that some of its fields take.
 *
 * <p>{@code optimizer=sgd,adam} gives two, and with {@code batch.size=1,32} four. The short form of a path stands for its
 * {@code type}. Where a variant has another type than the specification, of the fields beside the type only
 * {@code learningRate} stays, since the others may not be fields of that type; the same type keeps all. A variant is
 * named after the specification and its values: {@code delays.adam.size-32}.
 *
 * @param name of the specification that they are variants of
 * @param variants one or more; the values of the last variation change fastest
 */
public record SpecVariants(String name, List<Variant> variants) {
    /** More lines than this nobody tells apart. */
    public static final int MAXIMUM = 32;

    private static final int MAXIMUM_NAME = 100;

    /**
     * One of them.
     *
     * @param spec to learn by
     * @param values by the path of the field that varies; null where the field is left out
     */
    public record Variant(ModelSpec spec, Map<String, @Nullable Object> values) {}

    /**
     * Returns all variants.
     *
     * @param yaml of the specification
     * @param variations each {@code path=value,value,...}, values in YAML
     * @throws SpecException if there is no variation; if a variation, or a variant with its name before the path, is wrong; or if there are more
     *     than {@value #MAXIMUM}
     */
    public static SpecVariants of(String yaml, List<String> variations) {
        Object document = YamlDocument.load(yaml);
        if (!(document instanceof Map<?, ?>)) {
            // Says what is wrong with it.
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
        // A whole mapping first, then its type, then what lies beside it: what comes first may take away the others.
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

    /** Returns the name, cut and numbered where it is too long or there is one like it. */
    private static String unique(String name, Set<String> names) {
        String candidate = name.length() > MAXIMUM_NAME ? name.substring(0, MAXIMUM_NAME) : name;
        for (int number = 2; !names.add(candidate); number++) {
            String suffix = "-" + number;
            candidate = name.substring(0, Math.min(name.length(), MAXIMUM_NAME - suffix.length())) + suffix;
        }
        return candidate;
    }
}
