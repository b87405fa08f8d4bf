package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.console.Scores;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {
    private static final String SCORES = "loss baselineLoss accuracy logLoss auc mae rmse r2 calibration iou"
            + " precision recall f1 prAuc topKAccuracy";

    private static final String ENTROPY = "binary-cross-entropy";

    @Test
    void the_lowest_loss_is_the_best_and_the_first_wins_a_tie() {
        assertThat(comparison(variant("m.a", ENTROPY, 0.7), variant("m.b", ENTROPY, 0.6), variant("m.c", ENTROPY, 0.6))
                        .best())
                .isEqualTo("m.b");
        assertThat(comparison(variant("m.a", ENTROPY, Double.NaN), variant("m.b", ENTROPY, 9))
                        .best())
                .isEqualTo("m.b");
    }

    @Test
    void there_is_no_best_among_different_loss_functions_or_without_a_number() {
        assertThat(comparison(variant("m.a", ENTROPY, 0.7), variant("m.b", "mean-squared-error", 0.2))
                        .best())
                .isNull();
        assertThat(comparison(variant("m.a", ENTROPY, Double.NaN)).best()).isNull();
    }

    @Test
    void the_table_has_a_line_per_variant_in_order_and_only_metrics_that_apply() {
        assertThat(comparison(variant("m.sgd", ENTROPY, 0.75), variant("m.rmsprop", ENTROPY, 0.5))
                        .table()
                        .lines())
                .containsExactly(
                        "   variant    samples  loss    last window  constant  accuracy",
                        "   m.sgd      1,500    0.7500  0.2500       0.6900    0.8000",
                        "*  m.rmsprop  1,500    0.5000  0.2500       0.6900    0.8000");
    }

    @Test
    void the_table_has_every_metric_that_any_variant_has() {
        assertThat(comparison(
                                variant("m.box", "box-iou", 0.3, null, 0.71),
                                variant("m.price", "huber", 0.2, 0.94, null))
                        .table()
                        .lines())
                .containsExactly(
                        "  variant  samples  loss    last window  constant  accuracy  r2      iou",
                        "  m.box    1,500    0.3000  0.2500       0.6900    0.8000    -       0.7100",
                        "  m.price  1,500    0.2000  0.2500       0.6900    0.8000    0.9400  -");
    }

    /** Catches a variant that wins because it learned nothing. */
    @Test
    void a_variant_that_learned_nothing_is_never_the_best_and_has_no_metrics() {
        Comparison.Variant none = variant("m.none", ENTROPY, Scores.NONE, List.of());
        Comparison comparison = comparison(none, variant("m.some", ENTROPY, 0.5));
        assertThat(comparison.best()).isEqualTo("m.some");
        assertThat(comparison.table().lines())
                .containsExactly(
                        "   variant  samples  loss    last window  constant  accuracy",
                        "   m.none   1,500    -       -            -         -",
                        "*  m.some   1,500    0.5000  0.2500       0.6900    0.8000");
        assertThat(comparison.chart("rows.csv").lines().get(0).xs()).isEmpty();
        assertThat(comparison(none).best()).isNull();
    }

    /** Catches a variant that wins because it rejected the rows on which its loss would have been infinite. */
    @Test
    void a_variant_that_diverged_is_marked_and_is_not_the_best_unless_all_diverged() {
        Comparison.Variant diverged = diverged(variant("m.fast", ENTROPY, 0.4), "at sample 2,000");
        Comparison comparison = comparison(diverged, variant("m.slow", ENTROPY, 0.5));
        assertThat(comparison.best()).isEqualTo("m.slow");
        assertThat(comparison.table().lines())
                .containsExactly(
                        "   variant  samples  loss    last window  constant  accuracy  diverged",
                        "   m.fast   1,500    0.4000  0.2500       0.6900    0.8000    at sample 2,000",
                        "*  m.slow   1,500    0.5000  0.2500       0.6900    0.8000    -");
        assertThat(comparison.chart("rows.csv").lines())
                .extracting(LineChart.Line::name)
                .containsExactly("m.fast (diverged at sample 2,000)", "* m.slow");
        assertThat(comparison(diverged).best()).isEqualTo("m.fast");
    }

    private static Comparison.Variant diverged(Comparison.Variant variant, String how) {
        return new Comparison.Variant(
                variant.variant(),
                variant.values(),
                variant.loss(),
                variant.window(),
                variant.lastWindowLoss(),
                how,
                variant.training());
    }

    private static Comparison comparison(Comparison.Variant... variants) {
        boolean comparable =
                Arrays.stream(variants).map(Comparison.Variant::loss).distinct().count() == 1;
        return Comparison.of("m", comparable, List.of(variants));
    }

    /** Would catch a loss of 0.01 of one label that wins over 0.2 of another. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            loss: {type: huber, delta: 1}, label: y  | loss: {type: huber, delta: 1}, label: y, seed: 7        | true
            loss: {type: huber, delta: 1}, label: y  | loss: {type: huber, delta: 2}, label: y                 | false
            loss: huber, label: y                    | loss: huber, label: z                                   | false
            loss: huber, label: y                    | loss: huber, label: y, weight: w                        | false
            loss: huber, label: y                    | loss: huber, label: y, when: {field: t, equals: a}      | false
            """)
    void losses_are_compared_only_if_they_measure_the_same(String first, String second, boolean fair) {
        List<ModelSpec> specs = Stream.of(first, second)
                .map(fields -> ModelSpec.parse("{name: m, features: {numeric: [x]}, " + fields + "}"))
                .toList();
        assertThat(Comparison.isFair(specs)).isEqualTo(fair);
    }

    @Test
    void writes_a_flat_report_in_the_documented_order() {
        JsonNode report = new ObjectMapper()
                .valueToTree(variant("a", "squared", 0.5, null, null).training());
        assertThat(report.fieldNames())
                .toIterable()
                .containsExactly(("model specHash bestEpoch samples rejected updates seconds samplesPerSecond " + SCORES
                                + " windows parametersSha256 version parameterCount keys epochs heldOut skipped"
                                + " stoppedAfterEpochs events rejections worseThanConstant problems test")
                        .split(" "));
        assertThat(report.get("windows").get(0).fieldNames())
                .toIterable()
                .containsExactly(("key index samples " + SCORES + " learningRate gradientNorm updateNorm clippedShare"
                                + " rejectedShare holdoutLoss epoch")
                        .split(" "));
    }

    private static Comparison.Variant variant(String name, String lossName, double loss) {
        return variant(name, lossName, loss, null, null);
    }

    private static Comparison.Variant variant(
            String name, String lossName, double loss, @Nullable Double r2, @Nullable Double iou) {
        List<TrainingReport.Window> windows = List.of(window(0, 1000, 0.25), window(1, 500, 8));
        Map<Metric, Double> scores = new EnumMap<>(
                Map.of(Metric.LOSS, loss, Metric.BASELINE_LOSS, 0.69, Metric.ACCURACY, 0.8, Metric.LOG_LOSS, loss));
        if (r2 != null) {
            scores.put(Metric.R2, r2);
        }
        if (iou != null) {
            scores.put(Metric.IOU, iou);
        }
        return variant(name, lossName, new Scores(scores), windows);
    }

    private static Comparison.Variant variant(
            String name, String lossName, Scores scores, List<TrainingReport.Window> windows) {
        TrainingReport training = new TrainingReport(
                new TrainingReport.Run(name, "", List.of()),
                null,
                new TrainingReport.Work(1500, 0, 1500, 1, 1500, scores),
                windows,
                new TrainingReport.Parameters("", 1500, 3, null),
                new TrainingReport.Outcome(1, 0, 0, null, List.of(), List.of(), null, List.of()),
                null);
        return new Comparison.Variant(name, Map.of(), lossName, 1000, LossCurve.last(windows, 1000), null, training);
    }

    private static TrainingReport.Window window(long index, long samples, double loss) {
        Scores scores = new Scores(Map.of(Metric.LOSS, loss, Metric.BASELINE_LOSS, 0.69));
        return new TrainingReport.Window(
                null, index, samples, scores, TrainingReport.Updates.NONE, new TrainingReport.Holdout(null, 0));
    }
}
