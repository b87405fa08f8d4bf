package io.freshet.benchmarks.state;

import io.freshet.job.StateOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the job for a while, from samples to models, and prints what it and its checkpoints took. */
@Command(name = "state-benchmark", mixinStandardHelpOptions = true, sortOptions = false, showDefaultValues = true)
public final class StateBenchmark implements Callable<Integer> {
    @Option(names = "--workload", description = "${COMPLETION-CANDIDATES}")
    private Workload workload = Workload.ONE;

    @Option(names = "--keys", description = "Models of the workload KEYED.")
    private int keys = 1_000_000;

    @Option(names = "--warm-up", description = "Samples to learn before what is measured.")
    private long warmUp = 500_000;

    @Option(names = "--seconds", description = "What is measured.")
    private int seconds = 15;

    @Option(names = "--per-second", description = "The most samples to read; 0 for as many as can be learned.")
    private int perSecond = 0;

    @Option(names = "--checkpoint-millis", description = "0 for none before the end.")
    private int checkpointMillis = 0;

    @Option(names = "--restart", description = "Restart from a checkpoint taken at the end.")
    private boolean restart;

    @Option(names = "--directory", description = "For checkpoints and what RocksDB has on disk.", required = true)
    private Path directory = Path.of("");

    @Mixin
    private StateOptions state = new StateOptions();

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new StateBenchmark())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Duration interval = checkpointMillis == 0 ? Duration.ofDays(1) : Duration.ofMillis(checkpointMillis);
        int spread = workload == Workload.KEYED ? keys : 1;
        GeneratedSamples samples = new GeneratedSamples(workload, spread, perSecond);
        String checkpoint;
        try (StateRun run = StateRun.start(directory, state.settings(), workload, samples, interval, null)) {
            run.awaitSamples(warmUp);
            long from = run.checkpoints().size();
            double rate = run.rate(seconds);
            say("%s, %s: %,.0f samples/s", workload, run.backend(), rate);
            say(
                    "checkpoints: %s",
                    CheckpointSummary.of(run.checkpoints()
                            .subList((int) from, run.checkpoints().size())));
            checkpoint = run.checkpoint();
            say(
                    "last checkpoint: %s",
                    CheckpointSummary.of(run.checkpoints()
                            .subList(
                                    run.checkpoints().size() - 1,
                                    run.checkpoints().size())));
            say("heap in use after a collection: %,d MB", StateRun.heapMegabytes());
        }
        if (restart) {
            try (StateRun run = StateRun.start(directory, state.settings(), workload, samples, interval, checkpoint)) {
                say("restart to all tasks running: %.2f s", run.secondsToRunning());
                long before = System.nanoTime();
                run.awaitSamples(50_000);
                say("and 50,000 samples later: %.2f s", (System.nanoTime() - before) / 1e9);
                say("rate after it: %,.0f samples/s", run.rate(seconds));
            }
        }
        return 0;
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
