package io.freshet.benchmarks.bench;

import static io.freshet.cli.console.OptionValue.require;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.freshet.benchmarks.bench.BenchReport.Machine;
import io.freshet.benchmarks.bench.BenchReport.SetResult;
import io.freshet.benchmarks.workload.SampleFormat;
import io.freshet.benchmarks.workload.Workload;
import io.freshet.cli.AddedCommand;
import io.freshet.cli.input.CommandFiles;
import io.freshet.cli.input.OutputFile;
import io.freshet.schemas.kafka.FreshetVersion;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how fast this machine trains, next to what Kafka and Flink allow and to Vowpal Wabbit, and how fresh parameters are. */
@Command(
        name = "bench",
        description = "Measure how fast this machine reads, learns, and publishes samples.",
        footer = {
            "Kafka runs in a process of its own, and Flink in this one. On two cores, all sets take about ten "
                    + "minutes, and --set sparse --rounds 1 takes about one. Stop everything else first.",
            "",
            "Examples:",
            "  freshet bench --set sparse --rounds 1"
        })
public final class BenchCommand implements AddedCommand {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final List<Workload> WORKLOADS = List.of(Workload.values());
    private static final String FRESHNESS = "freshness";
    private static final String ALL = "all";

    @Option(
            names = "--set",
            paramLabel = "<set>",
            split = ",",
            description =
                    "What to measure: the rates of flights, sparse, dense, or keyed samples; freshness; or all (default: all).")
    private List<String> sets = List.of(ALL);

    @Option(
            names = "--only",
            paramLabel = "<variant>",
            split = ",",
            description =
                    "Variants of the rates to run: consume, discard, learn, vw-text, vw-cache, vw-defaults (default: all).")
    private List<String> only = List.of();

    @Option(
            names = "--format",
            paramLabel = "<format>",
            description = "Format of the samples topics: avro, confluent, or json (default: ${DEFAULT-VALUE}).")
    private String format = SampleFormat.AVRO.option();

    @Option(names = "--rounds", paramLabel = "<n>", description = "Counted rounds (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(
            names = "--warm-ups",
            paramLabel = "<n>",
            description = "Rounds before these, in which the JVM compiles the code (default: ${DEFAULT-VALUE}).")
    private int warmUps = 8;

    @Option(
            names = "--rows",
            paramLabel = "<n>",
            description =
                    "Samples of each set (default: 4,000,000 flights, 2,000,000 sparse, 200,000 dense, 2,000,000 keyed).")
    private @Nullable Long rows;

    @Option(
            names = "--partitions",
            paramLabel = "<n>",
            description =
                    "Partitions of the topics and subtasks of each operator. A model learns in one subtask, so only keyed"
                            + " scales (default: ${DEFAULT-VALUE}).")
    private int partitions = 1;

    @Option(
            names = "--seconds",
            paramLabel = "<n>",
            description = "Seconds to measure each freshness, after as many to warm up (default: ${DEFAULT-VALUE}).")
    private int seconds = 10;

    @Option(
            names = "--vw",
            paramLabel = "<file>",
            description = "The Vowpal Wabbit program (default: vw on the PATH; without it, its variants are skipped).")
    private @Nullable Path vw;

    @Option(names = "--report", paramLabel = "<file>", description = "Write all measurements to a JSON file.")
    private @Nullable Path report;

    @Option(names = "--chart", paramLabel = "<file>", description = "Draw the rates to an SVG file.")
    private @Nullable Path chart;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        require(command, rounds >= 1 && rounds <= 100, "--rounds", rounds, "from 1 to 100");
        require(command, warmUps >= 0 && warmUps <= 100, "--warm-ups", warmUps, "from 0 to 100");
        require(command, partitions >= 1 && partitions <= 128, "--partitions", partitions, "from 1 to 128");
        require(command, seconds >= 1 && seconds <= 600, "--seconds", seconds, "from 1 to 600");
        if (rows != null) {
            require(command, rows >= 1000 && rows <= 1_000_000_000, "--rows", rows, "from 1000 to 1000000000");
        }
        List<String> formats =
                Stream.of(SampleFormat.values()).map(SampleFormat::option).toList();
        require(command, formats.contains(format), "--format", format, "avro, confluent, or json");
        SampleFormat sampleFormat = SampleFormat.values()[formats.indexOf(format)];
        List<Workload> workloads = workloads();
        VowpalWabbit vowpalWabbit = VowpalWabbit.find(vw);
        List<Variant> variants = variants(vowpalWabbit != null);
        require(
                command,
                chart == null || chart.toString().endsWith(".svg"),
                "--chart",
                String.valueOf(chart),
                "a name that ends in .svg");
        CommandFiles files = new CommandFiles().reads("--vw", vw);
        OutputFile reportFile = files.writesIfGiven("--report", report);
        OutputFile chartFile = files.writesIfGiven("--chart", chart);

        PrintWriter out = command.commandLine().getOut();
        PrintWriter err = command.commandLine().getErr();
        Machine machine = machine(vowpalWabbit);
        out.println(machine.line());
        Benchmark benchmark = new Benchmark(
                new Benchmark.Plan(variants, sampleFormat, rows, partitions, warmUps, rounds), vowpalWabbit, err);
        List<SetResult> rates = new ArrayList<>();
        List<Freshness.Result> freshness = new ArrayList<>();
        try (BenchStack stack = BenchStack.start(partitions)) {
            for (Workload workload : workloads) {
                SetResult result = benchmark.run(stack, workload);
                rates.add(result);
                out.println(System.lineSeparator() + BenchTable.of(result));
            }
            if (only.isEmpty() && (sets.contains(FRESHNESS) || sets.contains(ALL))) {
                for (Freshness setting : Freshness.all()) {
                    freshness.add(new FreshnessRun(stack, seconds).run(setting));
                    err.printf("bench: freshness, %s, %s%n", setting.lane(), setting.description());
                }
                out.println(System.lineSeparator() + BenchTable.of(freshness));
            }
        }
        BenchReport results = new BenchReport(machine, rates, freshness);
        if (reportFile != null) {
            reportFile.write(JSON.writeValueAsString(results) + "\n");
        }
        if (chartFile != null) {
            chartFile.write(BenchChart.svg(results.sets()));
        }
        return 0;
    }

    /** Returns the chosen sets that have any of the chosen variants. */
    private List<Workload> workloads() {
        List<String> names = WORKLOADS.stream().map(Workload::option).toList();
        for (String set : sets) {
            require(
                    command,
                    set.equals(ALL) || set.equals(FRESHNESS) || names.contains(set),
                    "--set",
                    set,
                    String.join(", ", names) + ", freshness, or all");
        }
        List<Workload> chosen = WORKLOADS.stream()
                .filter(workload -> sets.contains(ALL) || sets.contains(workload.option()))
                .toList();
        List<String> possible = Stream.of(Variant.values())
                .filter(variant -> chosen.stream().anyMatch(variant::applies))
                .map(Variant::option)
                .toList();
        for (String variant : only) {
            require(
                    command,
                    possible.contains(variant),
                    "--only",
                    variant,
                    (possible.isEmpty() ? "none" : String.join(", ", possible)) + " for --set "
                            + String.join(",", sets));
        }
        return chosen.stream()
                .filter(workload -> Stream.of(Variant.values())
                        .filter(this::isChosen)
                        .anyMatch(variant -> variant.applies(workload)))
                .toList();
    }

    private boolean isChosen(Variant variant) {
        return only.isEmpty() || only.contains(variant.option());
    }

    private List<Variant> variants(boolean hasVowpalWabbit) {
        List<Variant> chosen = Stream.of(Variant.values())
                .filter(this::isChosen)
                .filter(variant -> hasVowpalWabbit || !variant.needsVowpalWabbit())
                .toList();
        require(command, !chosen.isEmpty(), "--only", String.join(",", only), "with vw on the PATH, or --vw");
        return chosen;
    }

    private static Machine machine(@Nullable VowpalWabbit vowpalWabbit) {
        return new Machine(
                FreshetVersion.VERSION,
                System.getProperty("java.version"),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                vowpalWabbit == null ? null : vowpalWabbit.version());
    }
}
