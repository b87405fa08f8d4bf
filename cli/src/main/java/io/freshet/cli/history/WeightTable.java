package io.freshet.cli.history;

import io.freshet.cli.console.OneLine;
import io.freshet.cli.console.Table;
import io.freshet.learning.predict.ParameterNames;
import io.freshet.learning.predict.SeenNames;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.yaml.Plural;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The largest weights of a snapshot, as a table and as JSON. */
record WeightTable(Snapshot snapshot, List<Weight> weights, ParameterNames names) {
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", snapshot.spec().name());
        json.put("key", snapshot.key());
        json.put("version", snapshot.version());
        json.put("weights", weights.stream().map(this::json).toList());
        return json;
    }

    private Map<String, Object> json(Weight weight) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("index", weight.index());
        json.put("output", weight.output());
        json.put("feature", names.row(weight.index()));
        json.put("weight", weight.value());
        json.put("perUnit", Double.isNaN(weight.perUnit()) ? null : (Double) weight.perUnit());
        List<Map<String, Object>> seen = new ArrayList<>();
        for (SeenNames.Seen each : names.seen(weight.index())) {
            Map<String, Object> name = new LinkedHashMap<>();
            name.put("name", each.name());
            name.put("seen", each.count());
            seen.add(name);
        }
        json.put("names", seen);
        return json;
    }

    @Override
    public String toString() {
        int outputs = snapshot.spec().outputs();
        List<String> header = new ArrayList<>(List.of("FEATURE", "WEIGHT", "PER UNIT", "SEEN"));
        if (outputs > 1) {
            header.add(0, "OUTPUT");
        }
        Table table = new Table(header.toArray(String[]::new));
        for (Weight weight : weights) {
            List<String> row = new ArrayList<>(List.of(
                    names.row(weight.index()),
                    number(weight.value()),
                    Double.isNaN(weight.perUnit()) ? "" : number(weight.perUnit()),
                    seen(weight)));
            if (outputs > 1) {
                row.add(0, Integer.toString(weight.output()));
            }
            table.add(row.toArray(String[]::new));
        }
        return heading() + System.lineSeparator().repeat(2) + table;
    }

    private String heading() {
        return String.format(
                Locale.ROOT,
                "%s%s, version %d: %s",
                snapshot.spec().name(),
                snapshot.key().isEmpty() ? "" : "/" + OneLine.of(snapshot.key()),
                snapshot.version(),
                weights.isEmpty() ? "every weight is 0" : "the largest " + Plural.of(weights.size(), "weight"));
    }

    private String seen(Weight weight) {
        long count = names.seen(weight.index()).stream()
                .mapToLong(SeenNames.Seen::count)
                .sum();
        return count == 0 ? "" : String.format(Locale.ROOT, "%,d", count);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.6g", value);
    }
}
