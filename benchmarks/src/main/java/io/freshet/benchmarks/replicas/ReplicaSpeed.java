package io.freshet.benchmarks.replicas;

import io.freshet.benchmarks.replicas.DataSet.Samples;
import io.freshet.learning.merge.Merge;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.merge.Slots;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.state.LearnerState;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints how many samples per second replicas learn in threads of their own, without Kafka and Flink. */
@Command(
        name = "replica-speed",
        description = "Prints how many samples per second replicas learn, each in a thread of its own.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class ReplicaSpeed implements Callable<Integer> {
    @Option(names = "--data-set", description = "${COMPLETION-CANDIDATES}.")
    private DataSet dataSet = DataSet.FASHION_LARGE;

    @Option(names = "--data", description = "Folder with the data sets; FRESHET_DATA by default.")
    private Path data = Path.of(System.getenv().getOrDefault("FRESHET_DATA", "."));

    @Option(names = "--replicas", split = ",", description = "Numbers of replicas, which take turns.")
    private List<Integer> replicas = List.of(1, 2);

    @Option(names = "--period", description = "Samples of a replica in a round.")
    private int period = 1024;

    @Option(names = "--staleness", description = "Rounds that replicas may be ahead.")
    private int staleness = 1;

    @Option(names = "--runs", description = "Runs of each number of replicas, after one that warms up.")
    private int runs = 3;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ReplicaSpeed())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        ModelSpec spec = dataSet.spec("");
        Samples samples = dataSet.read(data, spec);
        double[][] rates = new double[replicas.size()][runs];
        for (int run = -1; run < runs; run++) {
            for (int i = 0; i < replicas.size(); i++) {
                int count = replicas.get(i);
                ReplicaSettings settings = new ReplicaSettings(count, period, staleness, Merge.MEAN, Slots.LOCAL);
                ReplicaThreads threads = new ReplicaThreads(spec, settings, samples.train());
                long start = System.nanoTime();
                LearnerState merged = threads.learn();
                double rate = samples.train().size() * 1e9 / (System.nanoTime() - start);
                if (run >= 0) {
                    rates[i][run] = rate;
                }
                print(
                        "%d replicas: %,.0f samples/s, %s; merged %,.0f MB/s",
                        count, rate, ReplicaStudy.result(spec, merged, samples), threads.mergedBytesPerSecond() / 1e6);
            }
        }
        for (int i = 0; i < replicas.size(); i++) {
            Arrays.sort(rates[i]);
            print("%d replicas: median %,.0f samples/s", replicas.get(i), rates[i][runs / 2]);
        }
        return 0;
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
