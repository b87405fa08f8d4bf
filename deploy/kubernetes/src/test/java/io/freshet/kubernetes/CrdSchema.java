package io.freshet.kubernetes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The schema of one version of a custom resource, from a CustomResourceDefinition: what an API server checks, except
 * expressions (CEL). Fields that the schema does not have are problems, although an API server drops them silently.
 */
record CrdSchema(String kind, String apiVersion, Map<?, ?> schema) {
    private static final int LARGEST_DEFINITION = 4 << 20;

    /** Returns the schemas of all versions that a definition serves. */
    static List<CrdSchema> parse(String definition) {
        LoadSettings settings =
                LoadSettings.builder().setCodePointLimit(LARGEST_DEFINITION).build();
        Map<?, ?> spec = map(map(new Load(settings).loadFromString(definition)).get("spec"));
        String kind = map(spec.get("names")).get("kind").toString();
        return ((List<?>) spec.get("versions"))
                .stream()
                        .map(CrdSchema::map)
                        .map(version -> new CrdSchema(
                                kind,
                                spec.get("group") + "/" + version.get("name"),
                                map(map(version.get("schema")).get("openAPIV3Schema"))))
                        .toList();
    }

    boolean describes(Map<?, ?> resource) {
        return kind.equals(resource.get("kind")) && apiVersion.equals(resource.get("apiVersion"));
    }

    /** Returns what is wrong with a resource, each with its path. */
    List<String> problems(Map<?, ?> resource) {
        // The API server checks the other fields, which a definition may leave out.
        Map<Object, Object> fields = new LinkedHashMap<>(resource);
        fields.keySet().removeAll(List.of("apiVersion", "kind", "metadata"));
        List<String> problems = new ArrayList<>();
        check(schema, fields, kind, problems);
        return problems;
    }

    private static void check(Map<?, ?> schema, Object value, String path, List<String> problems) {
        if (Boolean.TRUE.equals(schema.get("x-kubernetes-int-or-string"))) {
            require(value instanceof Integer || value instanceof String, path, value, "integer or string", problems);
            return;
        }
        switch (String.valueOf(schema.get("type"))) {
            case "object" -> {
                if (value instanceof Map<?, ?> fields) {
                    checkFields(schema, fields, path, problems);
                } else {
                    problems.add(path + ": " + value + " (expected: an object)");
                }
            }
            case "array" -> {
                if (value instanceof List<?> items) {
                    Map<?, ?> each = map(schema.get("items"));
                    IntStream.range(0, items.size())
                            .forEach(i -> check(each, items.get(i), path + "[" + i + "]", problems));
                } else {
                    problems.add(path + ": " + value + " (expected: an array)");
                }
            }
            case "string" -> require(value instanceof String, path, value, "string", problems);
            case "boolean" -> require(value instanceof Boolean, path, value, "boolean", problems);
            case "integer" ->
                require(value instanceof Integer || value instanceof Long, path, value, "integer", problems);
            case "number" -> require(value instanceof Number, path, value, "number", problems);
            default -> {}
        }
        if (schema.get("enum") instanceof List<?> values) {
            require(values.contains(value), path, value, values.toString(), problems);
        }
        if (schema.get("pattern") instanceof String pattern && value instanceof String text) {
            require(Pattern.compile(pattern).matcher(text).find(), path, value, pattern, problems);
        }
        if (schema.get("minimum") instanceof Number minimum && value instanceof Number number) {
            require(number.doubleValue() >= minimum.doubleValue(), path, value, ">= " + minimum, problems);
        }
    }

    private static void checkFields(Map<?, ?> schema, Map<?, ?> fields, String path, List<String> problems) {
        Map<?, ?> properties = map(schema.get("properties"));
        boolean open = Boolean.TRUE.equals(schema.get("x-kubernetes-preserve-unknown-fields"));
        fields.forEach((name, value) -> {
            String field = path + "." + name;
            if (properties.get(name) instanceof Map<?, ?> known) {
                check(known, value, field, problems);
            } else if (schema.get("additionalProperties") instanceof Map<?, ?> each) {
                check(each, value, field, problems);
            } else {
                require(open, field, value, "no such field", problems);
            }
        });
        if (schema.get("required") instanceof List<?> required) {
            required.forEach(name -> require(fields.containsKey(name), path + "." + name, null, "a value", problems));
        }
    }

    private static void require(boolean valid, String path, Object value, String expected, List<String> problems) {
        if (!valid) {
            problems.add(path + ": " + value + " (expected: " + expected + ")");
        }
    }

    private static Map<?, ?> map(Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
