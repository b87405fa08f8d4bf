package io.freshet.benchmarks.state;

import io.freshet.job.join.JoinInput;
import io.freshet.job.join.JoinTopics;
import io.freshet.job.join.decode.JoinRecord;
import io.freshet.job.join.decode.JoinTiming;
import io.freshet.job.join.decode.RequestFormat;
import io.freshet.job.learn.LearnerResources;
import io.freshet.job.options.StateSettings;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.job.topology.JoinSinks;
import io.freshet.job.topology.JoinSources;
import io.freshet.job.topology.JoinTopology;
import io.freshet.learning.spec.ModelSpec;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures the join with many open ids: records per second of one subtask, processor time per record, and checkpoints. Each request
 * is emitted at once, corrected half a window later, and closed at its end.
 */
@Command(
        name = "join-benchmark",
        description = "Measures the rate of the join and the duration and size of its checkpoints.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        showDefaultValues = true)
public final class JoinBenchmark implements Callable<Integer> {
    private static final AtomicLong READ = new AtomicLong();

    @Option(names = "--open", description = "Number of open ids.")
    private long open = 1_000_000;

    @Option(names = "--seconds", description = "Duration of the measurement.")
    private int seconds = 20;

    @Option(names = "--checkpoint-millis", description = "Checkpoint interval in milliseconds.")
    private long checkpointMillis = 10_000;

    @Option(names = "--state-backend", description = "heap or rocksdb.")
    private String backend = "rocksdb";

    @Option(names = "--directory", description = "Directory for checkpoints and RocksDB files.", required = true)
    private Path directory = Path.of("");

    @Option(names = "-D", paramLabel = "KEY=VALUE", description = "Flink configuration option.")
    private Map<String, String> flink = Map.of();

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new JoinBenchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        StateSettings state = new StateSettings(backend, LearnerResources.DEFAULT);
        try (StateRun run = StateRun.start(directory, state, Duration.ofMillis(checkpointMillis), flink, this::build)) {
            await(run, open);
            print("%,d ids opened in %.1f s", open, run.seconds());
            int before = run.checkpoints().size();
            long from = READ.get();
            long cpu = processorNanos();
            long start = System.nanoTime();
            awaitSeconds(run);
            double elapsed = (System.nanoTime() - start) / 1e9;
            long records = READ.get() - from;
            double busy = (processorNanos() - cpu) / 1e9;
            print("%,.0f records/s, half of them outcomes", records / elapsed);
            print(
                    "%.1f us of processor time for each: %,.0f records/s of one core",
                    busy / records * 1e6, records / busy);
            print("checkpoints: %s", CheckpointSummary.of(run.checkpoints(), before));
        }
        return 0;
    }

    private void build(StreamExecutionEnvironment env) {
        ModelSpec spec = ModelSpec.parse("""
            {name: ctr, label: y, loss: binary-cross-entropy,
             features: {numeric: [age, hour, distance], categorical: [origin, destination]},
             join: {within: %dms, after: 0, grace: 0}}
            """.formatted(open));
        GeneratedRequests requests = new GeneratedRequests(
                open, System.currentTimeMillis() - Duration.ofDays(365).toMillis());
        JoinSources sources = new JoinSources(
                new JoinTopics("answers", "outcomes"),
                new GeneratedSource<>(Long.MAX_VALUE, new Counted(requests)),
                new RequestFormat.Answers(),
                JoinTiming.DEFAULT,
                new JoinSources.Specs(new SpecRegistry(List.of(spec)), new GeneratedSource<JoinInput>(0, offset -> {
                    throw new IllegalStateException("no changes");
                })));
        JoinTopology.build(
                env,
                sources,
                new JoinSinks(
                        new DiscardingSink<>(),
                        new DiscardingSink<>(),
                        new DiscardingSink<>(),
                        new DiscardingSink<>()));
    }

    /** Counts what is read. */
    private record Counted(GeneratedRequests requests) implements GeneratedSource.Values<JoinRecord> {
        private static final long serialVersionUID = 1;

        @Override
        public JoinRecord apply(long offset) {
            READ.lazySet(offset);
            return requests.apply(offset);
        }

        @Override
        public long watermark(JoinRecord record) {
            return requests.watermark(record);
        }
    }

    private static void await(StateRun run, long records) throws Exception {
        while (READ.get() < records) {
            run.requireRunning();
            Thread.sleep(10);
        }
    }

    private void awaitSeconds(StateRun run) throws Exception {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        while (System.nanoTime() < end) {
            run.requireRunning();
            Thread.sleep(10);
        }
    }

    private static long processorNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
