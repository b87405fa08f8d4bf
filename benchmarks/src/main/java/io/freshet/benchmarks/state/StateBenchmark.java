package io.freshet.benchmarks.state;

import io.freshet.job.options.StateOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the rate of the job and the duration and size of its checkpoints. */
@Command(
        name = "state-benchmark",
        description = "Measures the rate of the job and the duration and size of its checkpoints.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true)
public final class StateBenchmark implements Callable<Integer> {
    @Option(names = "--workload", description = "Model and samples: ${COMPLETION-CANDIDATES}.")
    private StateWorkload workload = StateWorkload.ONE;

    @Option(names = "--keys", description = "Number of keys of the workload KEYED.")
    private int keys = 1_000_000;

    @Option(names = "--draw", description = "Distribution of the keys: ${COMPLETION-CANDIDATES}.")
    private Keys.Draw draw = Keys.Draw.EVEN;

    @Option(names = "--warm-up", description = "Samples to learn before measuring.")
    private long warmUp = 500_000;

    @Option(names = "--seconds", description = "Duration of the measurement.")
    private int seconds = 15;

    @Option(names = "--per-second", description = "Maximum samples to read per second; 0 for no limit.")
    private int perSecond = 0;

    @Option(
            names = "--checkpoint-millis",
            description = "Checkpoint interval in milliseconds; 0 for only one checkpoint, at the end.")
    private int checkpointMillis = 0;

    @Option(names = "--publish-samples", description = "Samples between snapshots; 0 for the workload's default.")
    private int publishSamples = 0;

    @Option(
            names = "--publish-millis",
            description = "Milliseconds from a key's first unpublished sample to its snapshot.")
    private int publishMillis = 600_000;

    @Option(names = "--restart", description = "Restart from the last checkpoint and measure the recovery.")
    private boolean restart;

    @Option(names = "--directory", description = "Directory for checkpoints and RocksDB files.", required = true)
    private Path directory = Path.of("");

    @Option(names = "-D", paramLabel = "KEY=VALUE", description = "Flink configuration option.")
    private Map<String, String> flink = Map.of();

    @Mixin
    private StateOptions state = new StateOptions();

    public static void main(String[] arguments) {
        System.exit(run(arguments));
    }

    /** Returns 0 on success. */
    static int run(String... arguments) {
        return new CommandLine(new StateBenchmark())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments);
    }

    @Override
    public Integer call() throws Exception {
        String checkpoint;
        try (StateRun run = start(null)) {
            run.awaitSamples(warmUp);
            measure(run);
            checkpoint = run.cancel();
        }
        if (restart) {
            try (StateRun run = start(checkpoint)) {
                print("restart to all tasks running: %.2f s", run.secondsToRunning());
                run.awaitSamples(1);
                print("to the first sample learned: %.2f s", run.seconds());
                run.awaitSamples(50_000);
                print("to the first 50,000 learned: %.2f s", run.seconds());
                print("rate after the restart: %,.0f samples/s", run.rate(seconds));
            }
        }
        return 0;
    }

    private StateRun start(@Nullable String checkpoint) throws Exception {
        Duration interval = checkpointMillis == 0 ? Duration.ofDays(1) : Duration.ofMillis(checkpointMillis);
        Keys spread = new Keys(workload == StateWorkload.KEYED ? keys : 1, draw);
        GeneratedSamples samples = new GeneratedSamples(workload, spread, perSecond);
        StateRun.Plan plan = new StateRun.Plan(
                directory,
                state.settings(1),
                new StateRun.Load(workload, new StateWorkload.Publishing(publishSamples, publishMillis), samples),
                interval,
                flink,
                checkpoint);
        return StateRun.start(plan);
    }

    /** Prints the rate of a run and its checkpoints, and takes a last one. */
    private void measure(StateRun run) throws Exception {
        int before = run.checkpoints().size();
        long snapshots = LearnerMetrics.count("snapshots");
        long bytes = LearnerMetrics.count("publishedBytes");
        double rate = run.rate(seconds);
        snapshots = LearnerMetrics.count("snapshots") - snapshots;
        bytes = LearnerMetrics.count("publishedBytes") - bytes;
        print("%s, %s: %,.0f samples/s", workload, run.backend(), rate);
        print("snapshots: %d, %.3f MB each", snapshots, bytes / 1e6 / Math.max(1, snapshots));
        print(
                "late snapshots: p50 %,.0f ms, maximum %,.0f ms of the last 1,000",
                LearnerMetrics.quantile("publishDelayMillis", 0.5), LearnerMetrics.quantile("publishDelayMillis", 1));
        print("checkpoints: %s", CheckpointSummary.of(run.checkpoints(), before));
        run.checkpoint();
        print(
                "last checkpoint: %s",
                CheckpointSummary.of(run.checkpoints(), run.checkpoints().size() - 1));
        print("heap in use after a collection: %,d MB", StateRun.heapMegabytes());
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
