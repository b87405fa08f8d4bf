package io.freshet.learning.spec;

import io.freshet.learning.TestSpecs;
import io.freshet.learning.yaml.Field;
import io.freshet.learning.yaml.Nested;
import io.freshet.learning.yaml.Numbers;
import io.freshet.learning.yaml.Part;
import io.freshet.learning.yaml.Section;
import io.freshet.learning.yaml.Variants;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the reference of all fields of a specification from the tables of its sections. */
final class SpecReference {
    private static final String ONE_OF = "one of ";

    /** A field at its path. */
    record Row(String path, Field<?> field, String meaning) {}

    private final StringBuilder page = new StringBuilder();
    /** The mappings that follow the table of all fields, by path, in the order of that table. */
    private final Map<String, Nested<?>> later = new LinkedHashMap<>();

    private final List<Row> all = new ArrayList<>();

    private SpecReference() {}

    /** Returns the reference as Markdown tables. */
    static String markdown() {
        return written().page.toString();
    }

    /** Returns every field. */
    static List<Row> rows() {
        return written().all;
    }

    private static SpecReference written() {
        SpecReference reference = new SpecReference();
        reference.page.append("### All fields\n\n");
        reference.table(reference.rows(ModelSpec.FIELDS, "", Map.of()));
        while (!reference.later.isEmpty()) {
            String path = reference.later.keySet().iterator().next();
            Nested<?> nested = reference.later.remove(path);
            if (nested instanceof Variants<?> variants) {
                reference.types(path, variants);
            } else {
                reference.page.append("\nFields of `").append(path).append('`');
                reference.page.append(nested.shortField() == null ? ":\n\n" : " in its long form:\n\n");
                reference.table(reference.rows(nested, path + ".", Map.of()));
            }
        }
        return reference;
    }

    /** @param outer meanings of fields that this mapping does not explain itself */
    private List<Row> rows(Nested<?> nested, String prefix, Map<String, String> outer) {
        Map<String, String> meanings = new HashMap<>(outer);
        meanings.putAll(nested.forms().meanings());
        List<Row> rows = new ArrayList<>();
        if (nested instanceof Variants<?> variants) {
            rows.add(new Row(prefix + Variants.TYPE, variants.type(), meanings.getOrDefault(Variants.TYPE, "")));
            later.put(prefix.substring(0, prefix.length() - 1), variants);
        } else {
            ((Section<?>) nested).parts().forEach(part -> rows.addAll(rows(part, prefix, meanings)));
        }
        return rows;
    }

    private List<Row> rows(Part part, String prefix, Map<String, String> meanings) {
        if (part instanceof Nested<?> inline) {
            return rows(inline, prefix, meanings);
        }
        if (!(part instanceof Field<?> field)) {
            return List.of();
        }
        Nested<?> longForm = field.type().longForm();
        String path = prefix + field.name();
        if (field.type() instanceof Nested<?> nested && !field.defaultText().equals(Field.NONE)) {
            return rows(nested, path + ".", Map.of());
        }
        if (longForm != null) {
            later.put(path, longForm);
        }
        return field.type() instanceof Nested
                ? List.of()
                : List.of(new Row(path, field, meanings.getOrDefault(field.name(), "")));
    }

    private void table(List<Row> rows) {
        page.append("| field | default | expected | meaning |\n| --- | --- | --- | --- |\n");
        rows.forEach(row -> append("| ", row, row.field.defaultText()));
    }

    /** Appends the fields of each type of a mapping. */
    private void types(String mapping, Variants<?> variants) {
        page.append("\n### Fields of `").append(mapping).append("` by type\n\n");
        page.append("| type | field | default | expected | meaning |\n| --- | --- | --- | --- | --- |\n");
        variants.all().forEach((type, section) -> {
            String typeCell = "| [`" + type + "`](learning.md#" + type + ") | ";
            List<Row> rows = rows(section, mapping + ".", variants.forms().meanings());
            for (Row row : rows) {
                append(typeCell, row, row.field.defaultText());
                typeCell = "| | ";
            }
            if (mapping.equals("optimizer") && TestSpecs.optimizer(type, "").hasLearningRate()) {
                double rate = TestSpecs.optimizer(type, "").defaultLearningRate();
                page.append(typeCell).append("`optimizer.learningRate` | `").append(Numbers.text(rate));
                page.append("` | a number in (0, 1000] | Step size, before the schedule |\n");
            } else if (rows.isEmpty()) {
                page.append(typeCell).append("none | | | |\n");
            }
        });
    }

    private void append(String start, Row row, String byDefault) {
        all.add(row);
        page.append(start).append('`').append(row.path).append("` | ");
        page.append(byDefault.isEmpty() ? "required" : byDefault).append(" | ");
        page.append(expectedCell(row.field.type().expected())).append(" | ");
        page.append(row.meaning).append(" |\n");
    }

    private static String expectedCell(String expected) {
        if (!expected.startsWith(ONE_OF)) {
            return expected.replace("true or false", "`true` or `false`");
        }
        return Arrays.stream(expected.substring(ONE_OF.length()).split(", "))
                .map(name -> "`" + name + "`")
                .collect(Collectors.joining(", ", ONE_OF, ""));
    }
}
