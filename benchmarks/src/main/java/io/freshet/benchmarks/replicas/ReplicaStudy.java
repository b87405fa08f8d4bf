package io.freshet.benchmarks.replicas;

import io.freshet.benchmarks.replicas.DataSet.Samples;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.merge.Merge;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.merge.Slots;
import io.freshet.learning.predict.Scorer;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSpec;
import io.freshet.learning.state.LearnerState;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints how well replicas learn a data set, next to one learner that learns the same samples in their order. */
@Command(
        name = "replica-study",
        description = "Prints how well replicas learn a data set, by their number, merge, and period.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class ReplicaStudy implements Callable<Integer> {
    @Option(names = "--data-set", description = "${COMPLETION-CANDIDATES}.", required = true)
    private DataSet dataSet = DataSet.FLIGHTS;

    @Option(names = "--data", description = "Folder with the data sets; FRESHET_DATA by default.")
    private Path data = Path.of(System.getenv().getOrDefault("FRESHET_DATA", "."));

    @Option(names = "--replicas", split = ",", description = "Numbers of replicas.")
    private List<Integer> replicas = List.of(1, 2, 4, 8, 16, 64);

    @Option(names = "--merges", split = ",", description = "${COMPLETION-CANDIDATES}.")
    private List<Merge> merges = List.of(Merge.MEAN);

    @Option(names = "--periods", split = ",", description = "Samples of a replica in a round.")
    private List<Integer> periods = List.of(16, 128, 1024);

    @Option(names = "--staleness", description = "Rounds that replicas may be ahead.")
    private int staleness = 0;

    @Option(names = "--slots", description = "${COMPLETION-CANDIDATES}.")
    private Slots slots = Slots.LOCAL;

    @Option(names = "--optimizer", description = "Another optimizer, such as \"adagrad, learningRate: 0.1\".")
    private String optimizer = "";

    @Option(names = "--bytes", description = "Print the mean bytes of a contribution.")
    private boolean bytes;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ReplicaStudy())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        ModelSpec spec = dataSet.spec(optimizer);
        Samples samples = dataSet.read(data, spec);
        Learner learner = new Learner(spec);
        LearnerState alone = learner.start();
        samples.train().forEach(sample -> learner.learn(alone, sample));
        learner.finish(alone, () -> {});
        print(
                "%s, %s, %,d samples; one learner: %s",
                spec.name(), spec.optimizer(), samples.train().size(), result(spec, alone, samples));
        printHeader();
        for (Merge merge : merges) {
            String misfit = ReplicaSpec.misfit(spec, settings(1, periods.get(0), merge));
            if (misfit != null) {
                print("| %s | %s |", merge, misfit);
                continue;
            }
            for (int period : periods) {
                printRow(learner, samples, merge, period);
            }
        }
        return 0;
    }

    private ReplicaSettings settings(int count, int period, Merge merge) {
        return new ReplicaSettings(count, period, staleness, merge, slots);
    }

    private void printHeader() {
        StringJoiner header = new StringJoiner(" | ", "| ", " |").add("merge").add("period");
        StringJoiner rule = new StringJoiner(" | ", "| ", " |").add("---").add("---");
        for (int count : replicas) {
            header.add(Integer.toString(count));
            rule.add("---");
        }
        print("%s%n%s", header, rule);
    }

    private void printRow(Learner learner, Samples samples, Merge merge, int period) {
        StringJoiner row = new StringJoiner(" | ", "| ", " |").add(merge.name()).add(Integer.toString(period));
        for (int count : replicas) {
            row.add(cell(learner, samples, settings(count, period, merge)));
        }
        print("%s", row);
    }

    private String cell(Learner learner, Samples samples, ReplicaSettings settings) {
        ReplicaComparison run = new ReplicaComparison(learner, settings, samples.train());
        String result = result(learner.spec(), run.learn(), samples);
        return bytes ? String.format(Locale.ROOT, "%s, %,.0f B", result, run.meanBytes()) : result;
    }

    /** Returns the progressive loss, and the AUC or accuracy on the test samples, in percent. */
    static String result(ModelSpec spec, LearnerState state, Samples samples) {
        Scorer scorer = new Scorer(spec);
        scorer.predict(new Learner(spec).snapshot(state, ""), samples.test());
        Tally tally = scorer.tally();
        Metrics test = tally.metrics();
        Double quality = test.get(test.get(Metric.AUC) == null ? Metric.ACCURACY : Metric.AUC);
        return String.format(
                Locale.ROOT, "%.4f, %.2f", state.total().metrics().loss(), 100 * (quality == null ? 0 : quality));
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format + "%n", values);
    }
}
