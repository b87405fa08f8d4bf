package io.freshet.benchmarks.labels;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares methods for labels that arrive late with a model that knows the future, and prints the tables of the docs. */
@Command(
        name = "late-label-study",
        description = "Compares methods for labels that arrive late.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class LateLabelStudy implements Callable<Integer> {
    private static final Subject CHARTED = Subject.BY_DEFAULT;

    @Option(names = "--requests", description = "Requests of a run, one a second; the second half is measured.")
    private int requests = 40_000;

    @Option(names = "--seeds", description = "Runs of each method.")
    private int seeds = 3;

    @Option(names = "--subjects", split = ",", description = "Models: ${COMPLETION-CANDIDATES}.")
    private List<Subject> subjects = List.of(Subject.values());

    @Option(names = "--svg", description = "File for the chart of the drift.")
    private @Nullable Path svg;

    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new LateLabelStudy())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter out = command == null
                ? new PrintWriter(System.out, true)
                : command.commandLine().getOut();
        for (Scenario scenario : Scenario.values()) {
            print(scenario, out);
        }
        printRecovery(out);
        printFewSamples(out);
        TrafficTables tables = new TrafficTables(requests / 2, Math.max(1, requests / 200), seeds);
        for (Traffic traffic : Traffic.values()) {
            tables.print(traffic, out);
        }
        printInFlight(out);
        if (svg != null) {
            Files.writeString(svg, chart().svg());
        }
        out.flush();
        return 0;
    }

    private void print(Scenario scenario, PrintWriter out) {
        out.printf("%n### %s%n", scenario.title());
        out.println(header("excess", "bias"));
        out.println(rule(2 * subjects.size()));
        Map<String, StringJoiner> rows = new LinkedHashMap<>();
        for (Subject subject : subjects) {
            runs(scenario, subject).forEach((name, runs) -> {
                StringJoiner row = rows.computeIfAbsent(name, any -> new StringJoiner(" | ", "| ", " |").add(any));
                List<LabelResult> measured =
                        runs.stream().map(run -> run.from(requests / 2)).toList();
                row.add(number("%.4f", measured.stream().mapToDouble(LabelResult::excess)));
                row.add(number("%.2f", measured.stream().mapToDouble(LabelResult::bias)));
            });
        }
        rows.values().forEach(out::println);
    }

    private static String number(String format, DoubleStream values) {
        return String.format(Locale.ROOT, format, values.average().orElseThrow());
    }

    private Map<String, List<LabelResult>> runs(Scenario scenario, Subject subject) {
        Map<String, List<LabelResult>> runs = new LinkedHashMap<>();
        for (int seed = 1; seed <= seeds; seed++) {
            List<Request> drawn = scenario.draw(subject, requests, seed);
            for (Method method : methods(drawn)) {
                runs.computeIfAbsent(method.titleWithTime(), any -> new ArrayList<>())
                        .add(new LabelRun(subject, method).run(drawn));
            }
        }
        return runs;
    }

    static List<Method> methods(List<Request> drawn) {
        List<Method> methods = new ArrayList<>(Method.atOnce(Scenario.WITHIN));
        methods.addAll(Method.later(Scenario.WITHIN, Scenario.AFTER, Scenario.late(drawn, Scenario.AFTER)));
        return methods;
    }

    private void printRecovery(PrintWriter out) {
        out.printf("%n### Recovery from a confident error%n");
        out.println(header("requests"));
        out.println(rule(subjects.size()));
        for (Method method : Method.atOnce(Recovery.DELAY)) {
            StringJoiner row = new StringJoiner(" | ", "| ", " |").add(method.title());
            for (Subject subject : subjects) {
                row.add(number(
                        "%,.0f",
                        IntStream.rangeClosed(1, seeds).mapToDouble(seed -> Recovery.requests(subject, method, seed))));
            }
            out.println(row);
        }
    }

    private void printFewSamples(PrintWriter out) {
        out.printf("%n### Few samples for each feature%n");
        out.println("| method, bias | " + String.join(" | ", FewSamples.LOSSES) + " |");
        out.println(rule(FewSamples.LOSSES.size()));
        for (String optimizer : FewSamples.OPTIMIZERS) {
            for (Method method : Method.atOnce(Scenario.WITHIN)) {
                if (!method.hasFinalLabels() && method.late() > 0) {
                    continue; // for one loss only
                }
                StringJoiner row = new StringJoiner(" | ", "| ", " |").add("`" + optimizer + "`, " + method.title());
                for (String loss : FewSamples.LOSSES) {
                    row.add(number(
                            "%.3f",
                            IntStream.rangeClosed(1, seeds)
                                    .mapToDouble(seed -> FewSamples.bias(optimizer, loss, method, requests, seed))));
                }
                out.println(row);
            }
        }
    }

    private void printInFlight(PrintWriter out) {
        out.printf("%n### A pause, by the number of corrections in flight%n");
        out.println("| `within` | `after` | late positives in flight | "
                + String.join(" | ", Traffic.OPTIMIZERS.keySet()) + " |");
        out.println(rule(2 + Traffic.OPTIMIZERS.size()));
        int longest = Math.min(requests, 4 * Scenario.WITHIN);
        for (int within : new int[] {longest / 40, longest / 4, longest}) {
            for (int after : new int[] {Scenario.AFTER, Traffic.LONG_AFTER}) {
                out.println(InFlight.row(within, (int) ((long) within * after / Scenario.WITHIN), seeds));
            }
        }
    }

    private LineSvg chart() {
        int each = Math.max(1, requests / 80);
        List<LineSvg.Line> lines = new ArrayList<>();
        runs(Scenario.DRIFT, CHARTED).forEach((name, runs) -> {
            if (!name.contains("after") || name.startsWith("no corrections")) {
                lines.add(new LineSvg.Line(name.replace("`", ""), LabelResult.curve(runs, each)));
            }
        });
        return new LineSvg("Excess log loss; the truth changes in the middle", "requests", each, lines);
    }

    private String header(String... columns) {
        StringJoiner header = new StringJoiner(" | ", "| ", " |").add("method");
        for (Subject subject : subjects) {
            for (String column : columns) {
                header.add(columns.length == 1 || column.equals(columns[0]) ? subject.title() + ": " + column : column);
            }
        }
        return header.toString();
    }

    private static String rule(int columns) {
        return "| --- |" + " --- |".repeat(columns);
    }
}
