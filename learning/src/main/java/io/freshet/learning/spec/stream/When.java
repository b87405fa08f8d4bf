package io.freshet.learning.spec.stream;

import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records of the topic that are a model's: those in which a field has one of some values, or those that have the field
 * at all. Other records are skipped.
 *
 * @param field of a record
 * @param texts that the field may equal; empty if it is compared with numbers, or need only exist
 * @param numbers that the field may equal; empty if it is compared with texts, or need only exist
 */
public record When(String field, List<String> texts, List<Double> numbers) {
    /** Each record is compared with up to all of them. */
    private static final int MAXIMUM_VALUES = 100;

    private static final double MAXIMUM_EXACT = 0x1p53 - 1;
    private static final String FORMS = "{field: ..., equals: ...}, or {exists: ...}";

    public When {
        texts = List.copyOf(texts);
        numbers = List.copyOf(numbers);
    }

    /** Returns whether a record only needs to have the field. */
    public boolean exists() {
        return texts.isEmpty() && numbers.isEmpty();
    }

    static @Nullable When read(SpecNode root) {
        if (!root.has("when")) {
            return null;
        }
        SpecNode node = root.node("when");
        String existing = node.optionalFieldName("exists");
        String compared = node.optionalFieldName("field");
        List<Object> values = node.values("equals", MAXIMUM_VALUES);
        node.end();
        if (existing != null && (compared != null || node.has("equals"))) {
            throw SpecException.of("when", "exists and " + (compared != null ? "field" : "equals"), FORMS);
        }
        if (existing != null) {
            return new When(field(node.path("exists"), existing), List.of(), List.of());
        }
        if (compared == null) {
            throw SpecException.of(node.path("field"), "missing", FORMS);
        }
        if (values.isEmpty()) {
            throw SpecException.of(node.path("equals"), "missing", SpecNode.VALUES);
        }
        return comparing(field(node.path("field"), compared), values, node.path("equals"));
    }

    private static String field(String path, String name) {
        if (name.endsWith("*")) {
            throw SpecException.of(path, name, "the name of one field");
        }
        return name;
    }

    private static When comparing(String field, List<Object> values, String path) {
        List<String> texts = new ArrayList<>();
        List<Double> numbers = new ArrayList<>();
        for (Object value : values) {
            if (value instanceof Number number) {
                double each = number(number, path);
                if (numbers.contains(each)) {
                    throw SpecException.of(path, number, "each value once");
                }
                numbers.add(each);
            } else {
                texts.add(value.toString());
            }
        }
        if (!texts.isEmpty() && !numbers.isEmpty()) {
            throw SpecException.of(path, values, "only texts, or only numbers");
        }
        return new When(field, texts, numbers);
    }

    private static double number(Number number, String path) {
        // Adding 0 makes 0 of -0, which a record equals as well.
        double value = number.doubleValue() + 0.0;
        if (!(Math.abs(value) <= MAXIMUM_EXACT)) {
            throw SpecException.of(path, number, "a number of magnitude below 2^53");
        }
        return value;
    }

    Map<String, Object> write() {
        Map<String, Object> map = new LinkedHashMap<>();
        if (exists()) {
            map.put("exists", field);
            return map;
        }
        List<Object> values = new ArrayList<>(texts);
        numbers.forEach(number -> values.add(number == Math.rint(number) ? (Object) number.longValue() : number));
        map.put("field", field);
        map.put("equals", values.size() == 1 ? values.get(0) : values);
        return map;
    }
}
