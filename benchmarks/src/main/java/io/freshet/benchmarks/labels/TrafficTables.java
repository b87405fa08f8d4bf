package io.freshet.benchmarks.labels;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** Compares methods while the rate of requests changes: in the worst requests after the change, and in all of them. */
final class TrafficTables {
    private final int steady;
    private final int window;
    private final int seeds;

    /**
     * @param steady seconds until the rate changes
     * @param window number of the worst requests
     */
    TrafficTables(int steady, int window, int seeds) {
        this.steady = steady;
        this.window = window;
        this.seeds = seeds;
    }

    void print(Traffic traffic, PrintWriter out) {
        Map<String, StringJoiner> worst = new LinkedHashMap<>();
        Map<String, StringJoiner> all = new LinkedHashMap<>();
        for (String optimizer : Traffic.OPTIMIZERS.values()) {
            runs(traffic, optimizer).forEach((name, runs) -> {
                add(worst, name, runs.stream().map(run -> run.worst(window)).toList());
                add(all, name, runs);
            });
        }
        print(traffic.title() + ": the worst " + window + " requests after the change", worst, out);
        print(traffic.title() + ": all requests after the change", all, out);
    }

    /** Returns the results for the requests after the change, by method. */
    private Map<String, List<LabelResult>> runs(Traffic traffic, String optimizer) {
        Map<String, List<LabelResult>> runs = new LinkedHashMap<>();
        for (int seed = 1; seed <= seeds; seed++) {
            List<Request> drawn = traffic.draw(Scenario.WITHIN, steady, seed);
            for (Method method : Traffic.methods(drawn)) {
                runs.computeIfAbsent(method.titleWithTime(), any -> new ArrayList<>())
                        .add(Traffic.run(optimizer, method, drawn).from(steady));
            }
        }
        return runs;
    }

    private static void add(Map<String, StringJoiner> rows, String name, List<LabelResult> runs) {
        double bias = runs.stream().mapToDouble(LabelResult::bias).average().orElseThrow();
        double excess = runs.stream().mapToDouble(LabelResult::excess).average().orElseThrow();
        rows.computeIfAbsent(name, any -> new StringJoiner(" | ", "| ", " |").add(any))
                .add(String.format(Locale.ROOT, "%.4f, %.2f", excess, bias));
    }

    private static void print(String title, Map<String, StringJoiner> rows, PrintWriter out) {
        out.printf("%n### %s%n", title);
        out.println("| excess, bias | " + String.join(" | ", Traffic.OPTIMIZERS.keySet()) + " |");
        out.println("| --- |" + " --- |".repeat(Traffic.OPTIMIZERS.size()));
        rows.values().forEach(out::println);
    }
}
