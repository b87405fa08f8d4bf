package io.freshet.cli.history;

import io.freshet.cli.console.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tables and JSON of a difference: the parameters that moved most, and the norms by layer. */
final class DifferenceView {
    private DifferenceView() {}

    /**
     * Returns the parameters that differ most, as a table.
     *
     * @param before heading of the first value
     * @param after heading of the second value
     */
    static String parameters(Difference difference, String before, String after) {
        Table table = new Table("PARAMETER", before, after, "DIFFERENCE");
        for (Difference.Moved moved : difference.largest()) {
            table.add(
                    moved.name(),
                    Float.toString(moved.before()),
                    Float.toString(moved.after()),
                    String.format(Locale.ROOT, "%+.6g", moved.difference()));
        }
        return table.toString();
    }

    static String layers(Difference difference) {
        Table table = new Table("LAYER", "CHANGED", "NORM BEFORE", "NORM AFTER", "NORM OF DIFFERENCE");
        for (Difference.LayerDifference layer : difference.layers()) {
            table.add(
                    layer.name(),
                    String.format(Locale.ROOT, "%,d of %,d", layer.changed(), layer.parameters()),
                    number(layer.normBefore()),
                    number(layer.normAfter()),
                    number(layer.normDifference()));
        }
        return table.toString();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.6g", value);
    }

    static void put(Map<String, Object> json, Difference difference) {
        json.put("parameters", difference.parameters());
        json.put("changed", difference.changed());
        List<Map<String, Object>> moved = new ArrayList<>();
        for (Difference.Moved each : difference.largest()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("index", each.index());
            fields.put("name", each.name());
            fields.put("before", each.before());
            fields.put("after", each.after());
            fields.put("difference", each.difference());
            moved.add(fields);
        }
        json.put("largest", moved);
        List<Map<String, Object>> layers = new ArrayList<>();
        for (Difference.LayerDifference each : difference.layers()) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("name", each.name());
            fields.put("parameters", each.parameters());
            fields.put("changed", each.changed());
            fields.put("normBefore", each.normBefore());
            fields.put("normAfter", each.normAfter());
            fields.put("normDifference", each.normDifference());
            layers.add(fields);
        }
        json.put("layers", layers);
    }
}
