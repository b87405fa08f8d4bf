package io.freshet.cli.train;

import io.freshet.cli.console.OneLine;
import io.freshet.cli.console.Scores;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Evaluation;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table of progressive metrics that grows while models learn: metrics since the start, and the loss since the
 * previous line. It stays short: {@link #update} adds a line only when the samples have doubled.
 */
public final class ProgressTable {
    /** Before the first line. */
    private static final Shown NOTHING = new Shown(-1, 0, 0);

    private record Shown(long samples, double weight, double lossSum) {}

    private final PrintWriter out;
    /** Besides the loss. */
    private final List<Metric> columns;

    private final Map<String, Shown> last = new HashMap<>();
    private long next = 1000;

    /** @param specs of the models; a metric has a column if it applies to any of them */
    public ProgressTable(PrintWriter out, Collection<ModelSpec> specs) {
        this.out = out;
        columns = Scores.COLUMNS.stream()
                .filter(metric -> metric == Metric.BASELINE_LOSS || metric.is(Metric.Trait.BRIEF))
                .filter(metric -> specs.stream().anyMatch(spec -> applies(metric, spec)))
                .toList();
    }

    private static boolean applies(Metric metric, ModelSpec spec) {
        return metric.appliesTo(spec.loss().task(), spec.reporting().topK());
    }

    /** Adds a line if the samples have doubled since the last one. */
    void update(String model, Tally total) {
        if (total.samples() >= next) {
            finish(model, total);
        }
    }

    /** Adds a line, unless the last one has the same samples. */
    public void finish(String model, Tally total) {
        if (last.getOrDefault(model, NOTHING).samples == total.samples()) {
            return;
        }
        while (next <= total.samples()) {
            next *= 2;
        }
        addLine(model, total);
    }

    /** Adds a line. */
    private void addLine(String model, Tally total) {
        if (last.isEmpty()) {
            print("model", "samples", "loss", "since last", columns.stream().map(Metric::column));
        }
        Scores scores = Scores.of(total);
        Shown before = last.getOrDefault(model, NOTHING);
        double weight = total.weight() - before.weight;
        @Nullable Double sinceLast = weight > 0 ? (Double) ((total.lossSum() - before.lossSum) / weight) : null;
        last.put(model, new Shown(total.samples(), total.weight(), total.lossSum()));
        print(
                model,
                String.format(Locale.ROOT, "%,d", total.samples()),
                Scores.text(scores.loss()),
                Scores.text(sinceLast),
                columns.stream().map(column -> Scores.text(scores.get(column))));
        out.flush();
    }

    private void print(String model, String samples, String loss, String sinceLast, Stream<String> metrics) {
        String numbers = Stream.concat(Stream.of(samples, loss, sinceLast), metrics)
                .map(cell -> String.format(Locale.ROOT, " %10s", cell))
                .collect(Collectors.joining());
        out.println(String.format(Locale.ROOT, "%-22s", model) + numbers);
    }

    /** Adds a line for each event of an evaluation. */
    void events(Evaluation evaluation) {
        String key = evaluation.key().isEmpty() ? "" : OneLine.of(evaluation.key()) + ": ";
        evaluation.learning().events().forEach(event -> out.println(key + event));
        out.flush();
    }
}
