package io.freshet.cli.train;

import io.freshet.cli.console.Scores;
import io.freshet.learning.evaluation.Tally;
import io.freshet.schemas.evaluation.Evaluation;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table of progressive metrics that grows while models learn: metrics since the start, and the loss since the
 * previous line. It stays short: {@link #update} adds a line only when the samples have doubled.
 */
public final class ProgressTable {
    private static final String FORMAT = "%-22s %10s %10s %10s %10s %10s %10s %10s %10s%n";
    private static final int SUM_WEIGHT = 1;
    private static final int SUM_LOSS = 2;

    private final PrintWriter out;
    private final Map<String, double[]> last = new HashMap<>();
    private long next = 1000;

    public ProgressTable(PrintWriter out) {
        this.out = out;
    }

    /** Adds a line if the samples have doubled since the last one. */
    void update(String model, Tally total) {
        if (total.samples() >= next) {
            finish(model, total);
        }
    }

    /** Adds the final line, unless it is there. */
    void finish(String model, Tally total) {
        double[] shown = last.get(model);
        if (shown != null && shown[0] == total.samples()) {
            return;
        }
        while (next <= total.samples()) {
            next *= 2;
        }
        addLine(model, total);
    }

    /** Adds a line. */
    public void addLine(String model, Tally total) {
        if (last.isEmpty()) {
            out.printf(
                    Locale.ROOT,
                    FORMAT,
                    "model",
                    "samples",
                    "loss",
                    "since last",
                    "constant",
                    "accuracy",
                    "auc",
                    "mae",
                    "iou");
        }
        Scores scores = Scores.of(total);
        double[] sums = total.sums();
        double[] before = last.getOrDefault(model, new double[sums.length]);
        double weight = sums[SUM_WEIGHT] - before[SUM_WEIGHT];
        @Nullable Double sinceLast = weight > 0 ? (Double) ((sums[SUM_LOSS] - before[SUM_LOSS]) / weight) : null;
        last.put(model, sums.clone());
        out.printf(
                Locale.ROOT,
                FORMAT,
                model,
                String.format(Locale.ROOT, "%,d", total.samples()),
                Scores.text(scores.loss()),
                Scores.text(sinceLast),
                Scores.text(scores.baselineLoss()),
                Scores.text(scores.accuracy()),
                Scores.text(scores.auc()),
                Scores.text(scores.mae()),
                Scores.text(scores.iou()));
        out.flush();
    }

    /** Adds a line for each event of an evaluation. */
    void events(Evaluation evaluation) {
        String key = evaluation.key().isEmpty() ? "" : evaluation.key() + ": ";
        evaluation.learning().events().forEach(event -> out.println(key + event));
        out.flush();
    }
}
