package io.freshet.learning.spec;

import io.freshet.learning.spec.stream.WatchSpec;
import io.freshet.learning.spec.table.LossTable;
import io.freshet.learning.spec.table.ModelTable;
import io.freshet.learning.spec.table.OptimizerTable;
import io.freshet.learning.spec.table.ScheduleTable;
import io.freshet.learning.yaml.DeclaredField;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Generates the reference of all fields of a specification. It runs the reader for every loss, optimizer, schedule, and
 * model, and records each field that is read with its default and range. {@link FieldMeanings} adds the meaning.
 */
final class SpecReference {
    private static final Map<String, String> SMALLEST = Map.of("name", "m", "label", "y", "loss", "poisson");
    private static final String ONE_OF = "one of ";
    private static final String BY_MODEL = "by the model";

    private final FieldMeanings meanings;
    private final StringBuilder page = new StringBuilder();

    private SpecReference(FieldMeanings meanings) {
        this.meanings = meanings;
    }

    /** Returns the reference as Markdown tables. */
    static String markdown() {
        return markdown(FieldMeanings.load());
    }

    static String markdown(FieldMeanings meanings) {
        SpecReference reference = new SpecReference(meanings);
        reference.write();
        return reference.page.toString();
    }

    private void write() {
        page.append("### All fields\n\n");
        table(fieldsOfAnyModel());
        nested("features.standardize", Map.of("decay", 1));
        nested("features.sparse", Map.of("field", "x"));
        nested("features.dense", Map.of("field", "x", "length", 1));
        nested("features.time", Map.of("field", "t", "features", List.of("hour")));
        types("loss", LossTable.names());
        types("optimizer", OptimizerTable.names());
        types("schedule", ScheduleTable.names());
        types("watch.drift", WatchSpec.driftDetectors());
        nested("watch.divergence", Map.of());
        nested("watch.plateau", Map.of());
        nested("order", Map.of("type", "strict"));
        nested("when", Map.of("field", "type", "equals", "flight"));
        join();
        nested("warmStart", Map.of("model", "m", "checksum", "0123456789abcdef"));
        types("model", ModelTable.names());
    }

    /** Appends the fields of a mapping that also has a short form, or that is an element of a list. */
    private void nested(String mapping, Map<String, ?> value) {
        page.append("\nFields of `").append(mapping).append("` in its long form:\n\n");
        table(fieldsOf(mapping, value));
    }

    /** Appends the fields of {@code join}, in its short forms and then what only its long forms have. */
    private void join() {
        List<DeclaredField> fields = new ArrayList<>(fieldsOf("join", Map.of("within", "1h")));
        Map<String, ?> longForms = Map.of("within", "1h", "missing", Map.of("label", 0));
        Set<String> known = fields.stream().map(DeclaredField::path).collect(Collectors.toSet());
        fieldsOf("join", longForms).stream()
                .filter(field -> !known.contains(field.path()))
                .forEach(fields::add);
        page.append("\nFields of `join`:\n\n");
        table(fields);
    }

    private void table(List<DeclaredField> fields) {
        page.append("| field | default | expected | meaning |\n| --- | --- | --- | --- |\n");
        fields.forEach(field -> row("| ", field, meanings.of(field.path())));
    }

    /** Appends the fields of each type of a mapping. */
    private void types(String mapping, Collection<String> names) {
        page.append("\n### Fields of `").append(mapping).append("` by type\n\n");
        page.append("| type | field | default | expected | meaning |\n| --- | --- | --- | --- | --- |\n");
        for (String type : names) {
            String typeCell = "| [`" + type + "`](learning.md#" + type + ") | ";
            List<DeclaredField> fields = fieldsOf(mapping, Map.of("type", type)).stream()
                    .filter(field -> !field.path().equals(mapping + ".type"))
                    .toList();
            for (DeclaredField field : fields) {
                row(typeCell, field, meanings.of(field.path(), mapping, type));
                typeCell = "| | ";
            }
            if (fields.isEmpty()) {
                page.append(typeCell).append("none | | | |\n");
            }
        }
    }

    private void row(String start, DeclaredField field, String meaning) {
        page.append(start).append('`').append(field.path()).append("` | ");
        page.append(defaultCell(field.defaultValue())).append(" | ");
        page.append(expectedCell(field.expected())).append(" | ");
        page.append(meaning).append(" |\n");
    }

    private static String defaultCell(String value) {
        if (value.isEmpty()) {
            return "required";
        }
        return value.equals(DeclaredField.NONE) || value.equals(BY_MODEL) ? value : "`" + value + "`";
    }

    private static String expectedCell(String expected) {
        if (!expected.startsWith(ONE_OF)) {
            return expected;
        }
        return Arrays.stream(expected.substring(ONE_OF.length()).split(", "))
                .map(name -> "`" + name + "`")
                .collect(Collectors.joining(", ", ONE_OF, ""));
    }

    /** Returns the fields of a minimal specification. A default that differs with hashed features follows from the model. */
    private static List<DeclaredField> fieldsOfAnyModel() {
        List<DeclaredField> hashed = fields(Map.of("features", Map.of("categorical", List.of("a")), "loss", "poisson"));
        return fields(Map.of()).stream()
                .map(field ->
                        hashed.contains(field) ? field : new DeclaredField(field.path(), BY_MODEL, field.expected()))
                .toList();
    }

    /** Returns the fields that are read from a mapping at the first or second level. */
    private static List<DeclaredField> fieldsOf(String mapping, Map<String, ?> value) {
        int dot = mapping.indexOf('.');
        Map<String, ?> more = dot < 0
                ? Map.of(mapping, value)
                : Map.of(mapping.substring(0, dot), Map.of(mapping.substring(dot + 1), value));
        return fields(more).stream()
                .filter(field -> field.path().startsWith(mapping + "."))
                .toList();
    }

    /** Returns the fields that are read from a minimal specification with additional fields. */
    private static List<DeclaredField> fields(Map<String, ?> more) {
        Map<String, Object> document = new LinkedHashMap<>(SMALLEST);
        document.put("features", Map.of("numeric", List.of("a")));
        document.putAll(more);
        List<DeclaredField> declared = new ArrayList<>();
        try {
            SpecReader.read(new SpecNode("", document, declared));
        } catch (SpecException e) {
            // All fields of a type are read before it is rejected for lack of another field.
        }
        SortedSet<String> seen = new TreeSet<>();
        return declared.stream().filter(field -> seen.add(field.path())).toList();
    }
}
