package io.freshet.learning.spec;

import io.freshet.learning.spec.SpecNode.Asked;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiFunction;

/**
 * The reference of all fields of a specification, written by the code that reads them: it asks for every field of every
 * loss, optimizer, schedule and model, and notes its default and what it expects. Pinned by {@code SpecReferenceTest},
 * which holds the page in the documentation to it.
 */
public final class SpecReference {
    private static final Map<String, String> SMALLEST = Map.of("name", "m", "label", "y", "loss", "mean-squared-error");

    private SpecReference() {}

    /** Returns the reference as Markdown tables. */
    public static String markdown() {
        StringBuilder page = new StringBuilder();
        page.append("### All fields\n\n");
        table(page, fields(Map.of()), "");
        page.append("\nOf `features.dense`, each:\n\n");
        Map<String, Object> dense = Map.of("dense", Map.of("field", "x", "length", 1));
        table(
                page,
                fields(Map.of("features", dense)).stream()
                        .filter(field -> field.path().startsWith("features.dense."))
                        .toList(),
                "");
        types(page, "model", ModelTable.names());
        types(page, "loss", LossTable.names());
        types(page, "optimizer", OptimizerTable.names());
        types(page, "schedule", ScheduleTable.names());
        return page.toString();
    }

    /** Appends the fields that each type of a mapping has beside those that all have. */
    private static void types(StringBuilder page, String mapping, java.util.Set<String> names) {
        page.append("\n### Fields of `").append(mapping).append("` by type\n\n");
        BiFunction<String, String, List<Asked>> of =
                (type, prefix) -> fields(Map.of(mapping, Map.of("type", type))).stream()
                        .filter(field ->
                                field.path().startsWith(prefix) && !field.path().equals(prefix + "type"))
                        .toList();
        Map<String, List<Asked>> byType = new LinkedHashMap<>();
        names.forEach(name -> byType.put(name, of.apply(name, mapping + ".")));
        page.append("| type | field | default | expected |\n| --- | --- | --- | --- |\n");
        byType.forEach((type, fields) -> {
            String shown = "`" + type + "`";
            for (Asked field : fields) {
                row(page, shown + " | ", field);
                shown = "";
            }
            if (fields.isEmpty()) {
                page.append("| ").append(shown).append(" | | | |\n");
            }
        });
    }

    private static void table(StringBuilder page, List<Asked> fields, String prefix) {
        page.append("| field | default | expected |\n| --- | --- | --- |\n");
        fields.forEach(field -> row(page, prefix, field));
    }

    private static void row(StringBuilder page, String prefix, Asked field) {
        page.append("| ").append(prefix).append('`').append(field.path()).append("` | ");
        page.append(field.defaultValue().isEmpty() ? "" : "`" + field.defaultValue() + "`");
        page.append(" | ").append(field.expected()).append(" |\n");
    }

    /** Returns the fields that are asked for in reading a small specification with {@code more} in it. */
    private static List<Asked> fields(Map<String, ?> more) {
        Map<String, Object> document = new LinkedHashMap<>(SMALLEST);
        document.put("features", Map.of("numeric", List.of("a")));
        document.putAll(more);
        List<Asked> asked = new ArrayList<>();
        try {
            SpecYaml.read(new SpecNode("", document, asked));
        } catch (SpecException e) {
            // A type that needs more than the smallest specification has was asked for its fields all the same.
        }
        SortedSet<String> seen = new TreeSet<>();
        return asked.stream().filter(field -> seen.add(field.path())).toList();
    }
}
