package io.freshet.learning.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.learning.Golden;
import io.freshet.learning.loss.Task;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a metric by class that is swapped with another, that ignores weights, or that is 0 instead of unknown. */
class ClassMetricsTest {
    private static final JsonNode FILE = Golden.read("reference/metrics.json");
    private static final double TOLERANCE = 1e-9;

    static Stream<JsonNode> binary() {
        return StreamSupport.stream(FILE.get("binary").spliterator(), false);
    }

    static Stream<JsonNode> multiclass() {
        return StreamSupport.stream(FILE.get("multiclass").spliterator(), false);
    }

    @ParameterizedTest
    @MethodSource("binary")
    void metrics_of_two_classes_equal_their_definitions(JsonNode golden) {
        Tally tally = tally(golden, Task.BINARY, 1);
        Metrics metrics = tally.metrics();
        JsonNode positive = golden.get("classes").get(1);
        assertMetric(metrics.get(Metric.PRECISION), positive.get("precision"), "precision");
        assertMetric(metrics.get(Metric.RECALL), positive.get("recall"), "recall");
        assertMetric(metrics.get(Metric.F1), positive.get("f1"), "F1");
        assertMetric(metrics.get(Metric.PR_AUC), golden.get("averagePrecision"), "average precision");
        assertThat(metrics.get(Metric.TOP_K_ACCURACY)).isNull();
        assertClasses(tally.byClass(), golden);
        assertConfusion(golden, Task.BINARY, 1);
    }

    @ParameterizedTest
    @MethodSource("multiclass")
    void metrics_of_many_classes_equal_their_definitions(JsonNode golden) {
        Tally tally = tally(golden, Task.MULTICLASS, golden.get("classes").size());
        Metrics metrics = tally.metrics();
        assertMetric(metrics.get(Metric.PRECISION), golden.get("macro").get("precision"), "precision");
        assertMetric(metrics.get(Metric.RECALL), golden.get("macro").get("recall"), "recall");
        assertMetric(metrics.get(Metric.F1), golden.get("macro").get("f1"), "F1");
        assertMetric(metrics.get(Metric.TOP_K_ACCURACY), golden.get("topKAccuracy"), "top-k accuracy");
        assertThat(metrics.get(Metric.PR_AUC)).isNull();
        assertClasses(tally.byClass(), golden);
        assertConfusion(golden, Task.MULTICLASS, golden.get("classes").size());
    }

    @Test
    void steps_of_sequences_count_like_samples() {
        JsonNode golden = FILE.get("multiclass").get(0);
        int count = golden.get("logits").size();
        int classes = golden.get("classes").size();
        float[] logits = new float[count * classes];
        float[] labels = new float[count];
        for (int i = 0; i < count; i++) {
            System.arraycopy(Golden.floats(golden.get("logits").get(i)), 0, logits, i * classes, classes);
            labels[i] = Likeliest.of(Golden.floats(golden.get("labels").get(i)), 0, classes);
        }
        Tally steps = Tally.of(Task.SEQUENCE, classes);
        Tally samples = Tally.of(Task.MULTICLASS, classes);
        PredictedSamples all = new PredictedSamples(classes, 1, labels, logits, softmax(logits, classes));
        // Two sequences, of different lengths.
        int half = count / 3;
        steps.add(1, half, all, 0, 0, half);
        steps.add(1, count - half, all, half * classes, half, count - half);
        for (int i = 0; i < count; i++) {
            samples.add(golden.get("losses").get(i).doubleValue(), 1, all, i * classes, i, 1);
        }
        for (int c = 0; c < classes; c++) {
            ClassMetrics expected = samples.byClass().get(c);
            ClassMetrics actual = steps.byClass().get(c);
            assertThat(actual)
                    .usingRecursiveComparison()
                    .ignoringFields("logLoss")
                    .isEqualTo(expected);
            // The predictions are floats.
            Golden.assertClose(actual.logLoss(), expected.logLoss(), 1e-6, 0, "log loss of class " + c);
        }
        for (Metric metric : List.of(Metric.PRECISION, Metric.RECALL, Metric.F1, Metric.TOP_K_ACCURACY)) {
            assertThat(steps.metrics().get(metric)).isEqualTo(samples.metrics().get(metric));
        }
    }

    @Test
    void steps_of_sequences_are_in_the_confusion_matrix() {
        ConfusionMatrix confusion = ConfusionMatrix.of(Task.SEQUENCE, 2);
        float[] logits = {1, 0, 0, 1, 0, 1};
        confusion.add(6, new PredictedSamples(2, new float[] {0, 0, 1}, logits, logits), 0, 0, 3);
        assertThat(confusion.weights()).isDeepEqualTo(new double[][] {{2, 2}, {0, 2}});
    }

    @Test
    void models_without_a_few_exclusive_classes_have_no_confusion_matrix() {
        assertThat(ConfusionMatrix.of(Task.MULTICLASS, ConfusionMatrix.MOST_CLASSES))
                .isNotNull();
        assertThat(ConfusionMatrix.of(Task.MULTICLASS, ConfusionMatrix.MOST_CLASSES + 1))
                .isNull();
        assertThat(ConfusionMatrix.of(Task.BINARY, 2)).isNull();
        assertThat(ConfusionMatrix.of(Task.REGRESSION, 1)).isNull();
    }

    /** The label of a probability counts by its share; accuracy takes the nearer class. */
    @Test
    void a_label_between_two_classes_counts_for_both() {
        Tally tally = Tally.of(Task.BINARY, 1);
        float[] logit = {2};
        tally.add(0.5, 1, new PredictedSamples(1, new float[] {0.75f}, logit, logit), 0, 0, 1);
        Metrics metrics = tally.metrics();
        assertThat(metrics.get(Metric.PRECISION)).isEqualTo(0.75);
        assertThat(metrics.get(Metric.RECALL)).isEqualTo(1);
        assertThat(tally.byClass()).extracting(ClassMetrics::weight).containsExactly(0.25, 0.75);
        assertThat(tally.byClass()).extracting(ClassMetrics::logLoss).containsExactly(0.5, 0.5);
    }

    @Test
    void independent_labels_are_counted_together() {
        Tally tally = Tally.of(Task.BINARY, 2);
        float[] logits = {1, -1};
        tally.add(1, 1, new PredictedSamples(2, new float[] {1, 1}, logits, logits), 0, 0, 2);
        tally.add(1, 1, new PredictedSamples(2, new float[] {0, 0}, logits, logits), 0, 0, 2);
        Metrics metrics = tally.metrics();
        assertThat(metrics.get(Metric.PRECISION)).isEqualTo(0.5);
        assertThat(metrics.get(Metric.RECALL)).isEqualTo(0.5);
        assertThat(tally.byClass()).isEmpty();
    }

    @Test
    void margins_have_no_log_loss() {
        Tally tally = Tally.of(Task.MARGIN, 1);
        float[] logit = {1};
        tally.add(1, 1, new PredictedSamples(1, new float[] {1}, logit, logit), 0, 0, 1);
        assertThat(tally.metrics().get(Metric.PRECISION)).isEqualTo(1);
        assertThat(tally.byClass()).extracting(ClassMetrics::logLoss).containsOnlyNulls();
    }

    @Test
    void numbers_have_none_of_these_metrics() {
        Tally tally = Tally.of(Task.REGRESSION, 1);
        float[] number = {1};
        tally.add(0, 1, new PredictedSamples(1, number, number, number), 0, 0, 1);
        assertThat(tally.metrics().values())
                .doesNotContainKeys(Metric.PRECISION, Metric.RECALL, Metric.F1, Metric.PR_AUC, Metric.TOP_K_ACCURACY);
        assertThat(tally.byClass()).isEmpty();
    }

    /** Such samples must not count as samples of no class. */
    @Test
    void sums_that_a_record_left_out_are_unknown_until_they_are_cleared() {
        for (Task task : new Task[] {Task.BINARY, Task.MULTICLASS}) {
            JsonNode golden =
                    FILE.get(task == Task.BINARY ? "binary" : "multiclass").get(0);
            int outputs = task == Task.BINARY ? 1 : golden.get("classes").size();
            Tally now = tally(golden, task, outputs);
            Tally old = Tally.restored(task, now.sums(), now.classes(), new double[0], now.scores());
            Tally both = old.copy();
            both.add(now);
            for (Tally unknown : List.of(old, both)) {
                Metrics metrics = unknown.metrics();
                assertThat(metrics.get(Metric.PRECISION)).isNull();
                assertThat(metrics.get(Metric.RECALL)).isNull();
                assertThat(metrics.get(Metric.F1)).isNull();
                assertThat(metrics.get(Metric.TOP_K_ACCURACY)).isNull();
                assertThat(unknown.byClass()).extracting(ClassMetrics::recall).containsOnlyNulls();
            }
            old.clear();
            old.add(now);
            assertThat(old.metrics()).isEqualTo(now.metrics());
        }
    }

    /** After top-k accuracy is enabled, a total that includes earlier samples does not know it. */
    @Test
    void top_k_accuracy_is_unknown_if_some_samples_were_not_counted() {
        float[] logits = {1, 0, 0};
        float[] label = {1};
        Tally tally = Tally.of(Task.MULTICLASS, 3);
        tally.add(1, 1, new PredictedSamples(3, label, logits, logits), 0, 0, 1);
        tally.add(1, 1, new PredictedSamples(3, 2, label, logits, logits), 0, 0, 1);
        assertThat(tally.metrics().get(Metric.TOP_K_ACCURACY)).isNull();
        assertThat(tally.metrics().get(Metric.RECALL)).isZero();
        tally.clear();
        tally.add(1, 1, new PredictedSamples(3, 2, label, logits, logits), 0, 0, 1);
        assertThat(tally.metrics().get(Metric.TOP_K_ACCURACY)).isEqualTo(1);
    }

    private interface Predicted {
        void sample(int i, double weight, PredictedSamples sample, int labelLength);
    }

    private static Tally tally(JsonNode golden, Task task, int outputs) {
        Tally tally = Tally.of(task, outputs);
        int topK = task == Task.MULTICLASS ? golden.get("topK").intValue() : 0;
        JsonNode losses = golden.get("losses");
        forEach(
                golden,
                outputs,
                topK,
                (i, weight, sample, labelLength) ->
                        tally.add(losses.get(i).doubleValue(), weight, sample, 0, 0, labelLength));
        return tally;
    }

    private static void assertConfusion(JsonNode golden, Task task, int outputs) {
        ConfusionMatrix confusion = ConfusionMatrix.of(task, outputs);
        forEach(
                golden,
                outputs,
                0,
                (i, weight, sample, labelLength) -> confusion.add(weight, sample, 0, 0, labelLength));
        double[][] weights = confusion.weights();
        for (int c = 0; c < weights.length; c++) {
            for (int d = 0; d < weights.length; d++) {
                double expected = golden.get("confusion").get(c).get(d).doubleValue();
                Golden.assertClose(weights[c][d], expected, TOLERANCE, 1e-12, "class %d, predicted %d".formatted(c, d));
            }
        }
    }

    private static void forEach(JsonNode golden, int outputs, int topK, Predicted predicted) {
        for (int i = 0; i < golden.get("labels").size(); i++) {
            JsonNode label = golden.get("labels").get(i);
            float[] labels = label.isArray() ? Golden.floats(label) : new float[] {label.floatValue()};
            JsonNode row = golden.get("logits").get(i);
            float[] logits = row.isArray() ? Golden.floats(row) : new float[] {row.floatValue()};
            float[] predictions = outputs == 1 ? logits : softmax(logits, outputs);
            predicted.sample(
                    i,
                    golden.get("weights").get(i).doubleValue(),
                    new PredictedSamples(outputs, topK, labels, logits, predictions),
                    labels.length);
        }
    }

    private static float[] softmax(float[] logits, int outputs) {
        float[] predictions = new float[logits.length];
        for (int at = 0; at < logits.length; at += outputs) {
            double sum = 0;
            for (int k = 0; k < outputs; k++) {
                sum += Math.exp(logits[at + k]);
            }
            for (int k = 0; k < outputs; k++) {
                predictions[at + k] = (float) (Math.exp(logits[at + k]) / sum);
            }
        }
        return predictions;
    }

    private static void assertClasses(List<ClassMetrics> actual, JsonNode golden) {
        JsonNode expected = golden.get("classes");
        assertThat(actual).hasSize(expected.size());
        for (int c = 0; c < expected.size(); c++) {
            JsonNode row = expected.get(c);
            ClassMetrics metrics = actual.get(c);
            assertMetric(metrics.weight(), row.get("weight"), "weight of class " + c);
            assertMetric(metrics.precision(), row.get("precision"), "precision of class " + c);
            assertMetric(metrics.recall(), row.get("recall"), "recall of class " + c);
            assertMetric(metrics.f1(), row.get("f1"), "F1 of class " + c);
            assertMetric(metrics.logLoss(), row.get("logLoss"), "log loss of class " + c);
        }
    }

    private static void assertMetric(@Nullable Double actual, JsonNode expected, String what) {
        if (expected.isNull() || actual == null) {
            assertThat(actual).as(what).isEqualTo(expected.isNull() ? null : (Double) expected.doubleValue());
        } else {
            Golden.assertClose(actual, expected.doubleValue(), TOLERANCE, 1e-12, what);
        }
    }
}
