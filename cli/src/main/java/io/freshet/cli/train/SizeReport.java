package io.freshet.cli.train;

import io.freshet.cli.console.Table;
import io.freshet.learning.yaml.Plural;
import io.freshet.server.store.VersionLimits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a model needs.
 *
 * @param bytesPerSample of the records of the samples topic
 * @param learnNanos CPU time to decode, encode, learn, and evaluate a sample
 */
record SizeReport(Load load, String input, double bytesPerSample, double learnNanos, ModelBytes each) {
    private static final int UNIT = 1000;
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

    private double nanos() {
        return learnNanos + Load.readNanos(bytesPerSample);
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("model", load.spec().name());
        json.put("parameters", load.spec().parameterCount());
        json.put("keys", load.keys());
        json.put("samplesPerSecond", load.rate());
        json.put("nanosPerSample", Math.round(nanos()));
        json.put("cores", load.cores(nanos()));
        json.put("jobHeapBytes", Math.round(2 * each.heap() * load.keys()));
        json.put("checkpointBytes", Math.round(each.checkpoint() * load.keys()));
        json.put("snapshotBytes", Math.round(each.snapshot() * load.keys()));
        json.put("snapshotsPerSecond", load.snapshots());
        json.put("serverHeapBytes", Math.round(each.server() * load.keys()));
        return json;
    }

    String text() {
        boolean isKeyed = load.spec().key() != null;
        Table table = isKeyed
                ? new Table(
                        "", "EACH KEY", "ALL " + Plural.of(load.keys(), "KEY").toUpperCase(Locale.ROOT))
                : new Table("", "MODEL");
        row(table, isKeyed, "heap of task managers, every model twice", 2 * each.heap());
        row(table, isKeyed, "checkpoint, before compression", each.checkpoint());
        row(table, isKeyed, "snapshots on the topic after compaction", each.snapshot());
        row(table, isKeyed, "heap of a server", each.server());
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "model %s, %s, measured with %s",
                load.spec().name(),
                Plural.of(load.spec().parameterCount(), "parameter"),
                input));
        lines.add("");
        lines.add(table.toString());
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "CPU: %.2f us a sample, %.2f to decode and learn it, and about %.2f to read its %,.0f bytes from Kafka",
                nanos() / UNIT,
                learnNanos / UNIT,
                (nanos() - learnNanos) / UNIT,
                bytesPerSample));
        lines.add(cores(isKeyed));
        lines.add(String.format(
                Locale.ROOT,
                "snapshots: at most %,.0f per second, %s/s before compression",
                load.snapshots(),
                bytes(load.snapshots() * each.snapshot())));
        lines.add("also: up to " + bytes(VersionLimits.DEFAULT.bytes())
                + " of earlier versions in a server; what Flink, Kafka's clients, and the JVM need");
        return String.join(System.lineSeparator(), lines);
    }

    private String cores(boolean isKeyed) {
        double perCore = Load.perCore(nanos());
        if (!isKeyed && load.rate() > perCore) {
            return String.format(
                    Locale.ROOT,
                    "cores: not possible; a model without a key is learned by one core, here at most %,.0f samples per second",
                    perCore);
        }
        return String.format(
                Locale.ROOT,
                "cores: %,d like these at %,.0f samples per second, half of their time left free; one learns at most %,.0f",
                load.cores(nanos()),
                load.rate(),
                perCore);
    }

    private void row(Table table, boolean isKeyed, String name, double eachBytes) {
        String all = bytes(eachBytes * load.keys());
        if (isKeyed) {
            table.add(name, bytes(eachBytes), all);
        } else {
            table.add(name, all);
        }
    }

    private static String bytes(double count) {
        int unit = 0;
        double value = count;
        while (value >= UNIT && unit + 1 < UNITS.length) {
            value /= UNIT;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 || value >= 100 ? "%,.0f %s" : "%.1f %s", value, UNITS[unit]);
    }
}
