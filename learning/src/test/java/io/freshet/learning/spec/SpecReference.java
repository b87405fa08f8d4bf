package io.freshet.learning.spec;

import io.freshet.learning.yaml.DeclaredField;
import io.freshet.learning.yaml.SpecException;
import io.freshet.learning.yaml.SpecNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The reference of all fields of a specification, written by the code that reads them: it asks for every field of every
 * loss, optimizer, schedule and model, and notes its default and what it expects. What a field means is said beside, in
 * {@link FieldMeanings}. Pinned by {@code SpecReferenceTest}, which holds the page in the documentation to it.
 */
final class SpecReference {
    private static final Map<String, String> SMALLEST = Map.of("name", "m", "label", "y", "loss", "mean-squared-error");
    private static final String ONE_OF = "one of ";

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
        table(fields(Map.of()));
        nested("features.standardize", Map.of("decay", 1));
        nested("features.dense", Map.of("field", "x", "length", 1));
        types("loss", LossTable.names());
        types("optimizer", OptimizerTable.names());
        types("schedule", ScheduleTable.names());
        types("watch.drift", WatchSpec.driftDetectors());
        nested("watch.divergence", Map.of());
        nested("watch.plateau", Map.of());
        nested("order", Map.of("type", "strict"));
        nested("warmStart", Map.of("model", "m", "checksum", "0123456789abcdef"));
        types("model", ModelTable.names());
    }

    /** Appends the fields of a mapping that may also be something else, or stand in a list. */
    private void nested(String mapping, Map<String, ?> value) {
        page.append("\nOf `").append(mapping).append("`, where it is a mapping:\n\n");
        table(fieldsOf(mapping, value));
    }

    private void table(List<DeclaredField> fields) {
        page.append("| field | default | expected | meaning |\n| --- | --- | --- | --- |\n");
        fields.forEach(field -> row("| ", field, meanings.of(field.path())));
    }

    /** Appends the fields of each type of a mapping, beside the type. */
    private void types(String mapping, Collection<String> names) {
        page.append("\n### Fields of `").append(mapping).append("` by type\n\n");
        page.append("| type | field | default | expected | meaning |\n| --- | --- | --- | --- | --- |\n");
        for (String type : names) {
            String shown = "| [`" + type + "`](learning.md#" + type + ") | ";
            List<DeclaredField> fields = fieldsOf(mapping, Map.of("type", type)).stream()
                    .filter(field -> !field.path().equals(mapping + ".type"))
                    .toList();
            for (DeclaredField field : fields) {
                row(shown, field, meanings.of(field.path(), mapping, type));
                shown = "| | ";
            }
            if (fields.isEmpty()) {
                page.append(shown).append("none | | | |\n");
            }
        }
    }

    private void row(String start, DeclaredField field, String meaning) {
        page.append(start).append('`').append(field.path()).append("` | ");
        page.append(shownDefault(field.defaultValue())).append(" | ");
        page.append(shownExpected(field.expected())).append(" | ");
        page.append(meaning).append(" |\n");
    }

    private static String shownDefault(String value) {
        if (value.isEmpty()) {
            return "required";
        }
        return value.equals(DeclaredField.NONE) ? value : "`" + value + "`";
    }

    private static String shownExpected(String expected) {
        if (!expected.startsWith(ONE_OF)) {
            return expected;
        }
        return Arrays.stream(expected.substring(ONE_OF.length()).split(", "))
                .map(name -> "`" + name + "`")
                .collect(Collectors.joining(", ", ONE_OF, ""));
    }

    /** Returns the fields within a mapping, at the top or one level below, that has a value. */
    private static List<DeclaredField> fieldsOf(String mapping, Map<String, ?> value) {
        int dot = mapping.indexOf('.');
        Map<String, ?> more = dot < 0
                ? Map.of(mapping, value)
                : Map.of(mapping.substring(0, dot), Map.of(mapping.substring(dot + 1), value));
        return fields(more).stream()
                .filter(field -> field.path().startsWith(mapping + "."))
                .toList();
    }

    /** Returns the fields that are asked for in reading a small specification with {@code more} in it. */
    private static List<DeclaredField> fields(Map<String, ?> more) {
        Map<String, Object> document = new LinkedHashMap<>(SMALLEST);
        document.put("features", Map.of("numeric", List.of("a")));
        document.putAll(more);
        List<DeclaredField> declared = new ArrayList<>();
        try {
            SpecReader.read(new SpecNode("", document, declared));
        } catch (SpecException e) {
            // A type that needs more than the smallest specification has was asked for its fields all the same.
        }
        SortedSet<String> seen = new TreeSet<>();
        return declared.stream().filter(field -> seen.add(field.path())).toList();
    }
}
