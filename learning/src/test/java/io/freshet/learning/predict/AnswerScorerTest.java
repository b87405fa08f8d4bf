package io.freshet.learning.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Would catch a served loss that is another one than the progressive loss, and a rejected prediction that counts. */
class AnswerScorerTest {
    private static final long SEED = 20261201;

    private record Answer(float[] prediction, double label) {}

    @Test
    void binary_metrics_equal_those_of_a_plain_loop() {
        List<Answer> answers = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 1_000; i++) {
            float p = (float) random.nextDouble(0.01, 0.99);
            answers.add(new Answer(new float[] {p}, random.nextDouble() < 0.25 + p / 2 ? 1 : 0));
        }
        AnswerScorer scorer = new AnswerScorer(spec("binary-cross-entropy", 1, "loss: binary-cross-entropy"));
        double expected = 0;
        Tally tally = Tally.of(spec("b", 1, "loss: binary-cross-entropy").loss().task(), 1);
        for (Answer answer : answers) {
            assertThat(scorer.evaluate(answer.prediction, answer.label)).isTrue();
            scorer.tally(tally);
            expected += scorer.expected();
        }

        double loss = 0;
        double entropy = 0;
        double predicted = 0;
        double positives = 0;
        double right = 0;
        double pairs = 0;
        for (Answer a : answers) {
            double p = a.prediction[0];
            loss -= a.label == 1 ? Math.log(p) : Math.log(1 - p);
            entropy -= p * Math.log(p) + (1 - p) * Math.log(1 - p);
            predicted += p;
            positives += a.label;
            right += (p >= 0.5) == (a.label == 1) ? 1 : 0;
            for (Answer b : answers) {
                if (a.label == 1 && b.label == 0) {
                    pairs += p > b.prediction[0] ? 1 : p == b.prediction[0] ? 0.5 : 0;
                }
            }
        }
        Metrics metrics = tally.metrics();
        int n = answers.size();
        assertThat(metrics.samples()).isEqualTo(n);
        close(metrics.loss(), loss / n);
        close(metrics.get(Metric.CALIBRATION), predicted / positives);
        close(metrics.get(Metric.ACCURACY), right / n);
        close(expected / n, entropy / n);
        assertThat(metrics.get(Metric.AUC)).isCloseTo(pairs / (positives * (n - positives)), within(0.002));
        assertThat(metrics.loss() - expected / n)
                .as("predictions are too certain, so the loss is above what they expect")
                .isGreaterThan(0.05);
    }

    @Test
    void metrics_of_classes_equal_those_of_a_plain_loop() {
        ModelSpec spec = spec("c", 3, "loss: sparse-categorical-cross-entropy, evaluation: {topK: 2}");
        AnswerScorer scorer = new AnswerScorer(spec);
        Tally tally = Tally.of(spec.loss().task(), 3);
        SplittableRandom random = new SplittableRandom(SEED);
        double loss = 0;
        double expected = 0;
        double entropy = 0;
        double right = 0;
        double hits = 0;
        int n = 500;
        for (int i = 0; i < n; i++) {
            double a = random.nextDouble(0.05, 0.5);
            double b = random.nextDouble(0.05, 0.45);
            float[] p = {(float) a, (float) b, (float) (1 - (float) a - (float) b)};
            int label = random.nextInt(3);
            assertThat(scorer.evaluate(p, label)).isTrue();
            scorer.tally(tally);
            expected += scorer.expected();
            loss -= Math.log(p[label]);
            int larger = 0;
            for (int c = 0; c < 3; c++) {
                entropy -= p[c] * Math.log(p[c]);
                larger += p[c] > p[label] ? 1 : 0;
            }
            right += larger == 0 ? 1 : 0;
            hits += larger <= 1 ? 1 : 0;
        }
        close(tally.metrics().loss(), loss / n);
        close(tally.metrics().get(Metric.ACCURACY), right / n);
        close(tally.metrics().get(Metric.TOP_K_ACCURACY), hits / n);
        close(expected / n, entropy / n);
    }

    @ParameterizedTest
    @CsvSource({
        "mean-squared-error, -5, 5",
        "mean-absolute-error, -5, 5",
        "'{type: quantile, tau: 0.75}', -5, 5",
        "'{type: huber, delta: 1}', -5, 5",
        "poisson, 0, 5"
    })
    void losses_of_numbers_equal_their_formulas(String loss, double least, double most) {
        DoubleBinaryOperator formula = formula(loss);
        ModelSpec spec = spec("n", 1, "loss: " + loss);
        AnswerScorer scorer = new AnswerScorer(spec);
        Tally tally = Tally.of(spec.loss().task(), 1);
        SplittableRandom random = new SplittableRandom(SEED);
        double sum = 0;
        double absolute = 0;
        for (int i = 0; i < 500; i++) {
            float prediction = (float) random.nextDouble(least, most);
            float label = random.nextInt((int) least, (int) most);
            assertThat(scorer.evaluate(new float[] {prediction}, label)).isTrue();
            assertThat(scorer.expected()).as("no distribution").isNaN();
            scorer.tally(tally);
            sum += formula.applyAsDouble(prediction, label);
            absolute += Math.abs((double) prediction - label);
        }
        assertThat(tally.metrics().loss()).isCloseTo(sum / 500, within(1e-5));
        close(tally.metrics().get(Metric.MAE), absolute / 500);
    }

    @Test
    void scores_of_a_margin_and_probabilities_of_a_mask_have_the_losses_of_their_formulas() {
        SplittableRandom random = new SplittableRandom(SEED);
        AnswerScorer hinge = new AnswerScorer(spec("h", 1, "loss: hinge"));
        AnswerScorer dice = new AnswerScorer(spec("d", 1, "loss: {type: dice, smooth: 1}"));
        Tally margins = Tally.of(Task.MARGIN, 1);
        Tally masks = Tally.of(Task.MASK, 1);
        double hinges = 0;
        double dices = 0;
        double right = 0;
        for (int i = 0; i < 500; i++) {
            int y = random.nextInt(2);
            float z = (float) random.nextDouble(-3, 3);
            assertThat(hinge.evaluate(new float[] {z}, y)).isTrue();
            hinge.tally(margins);
            assertThat(hinge.expected()).as("a score is no probability").isNaN();
            hinges += Math.max(0, 1 - (2 * y - 1) * z);
            right += (z >= 0) == (y == 1) ? 1 : 0;
            float p = random.nextFloat();
            assertThat(dice.evaluate(new float[] {p}, y)).isTrue();
            dice.tally(masks);
            dices += 1 - (2 * p * y + 1.0) / (p + y + 1.0);
        }
        close(margins.metrics().loss(), hinges / 500);
        close(margins.metrics().get(Metric.ACCURACY), right / 500);
        assertThat(margins.metrics().get(Metric.AUC)).isBetween(0.4, 0.6);
        close(masks.metrics().loss(), dices / 500);
    }

    private static DoubleBinaryOperator formula(String loss) {
        return switch (loss.replaceAll(".*type: (\\w+).*", "$1")) {
            case "mean-squared-error" -> (p, y) -> (p - y) * (p - y);
            case "mean-absolute-error" -> (p, y) -> Math.abs(p - y);
            case "quantile" -> (p, y) -> y > p ? 0.75 * (y - p) : 0.25 * (p - y);
            case "huber" -> (p, y) -> Math.abs(p - y) <= 1 ? (p - y) * (p - y) / 2 : Math.abs(p - y) - 0.5;
            default -> (p, y) -> 2 * ((y > 0 ? y * Math.log(y / p) : 0) - (y - p));
        };
    }

    @Test
    void what_is_not_a_prediction_or_a_label_is_refused() {
        AnswerScorer binary = new AnswerScorer(spec("b", 1, "loss: binary-cross-entropy"));
        assertThat(binary.evaluate(new float[] {1.5f}, 1)).isFalse();
        assertThat(binary.evaluate(new float[] {Float.NaN}, 1)).isFalse();
        assertThat(binary.evaluate(new float[] {0.5f, 0.5f}, 1)).isFalse();
        assertThat(binary.evaluate(new float[0], 1)).isFalse();
        assertThat(binary.evaluate(new float[] {0.5f}, 2)).isFalse();
        assertThat(binary.evaluate(new float[] {0.5f}, Double.NaN)).isFalse();
        assertThat(binary.evaluate(new float[] {1}, 0)).as("certain and wrong").isTrue();
        AnswerScorer classes = new AnswerScorer(spec("c", 3, "loss: sparse-categorical-cross-entropy"));
        assertThat(classes.evaluate(new float[] {0.5f, 0.25f, 0.5f}, 1)).isFalse();
        assertThat(classes.evaluate(new float[] {0.5f, 0.25f, 0.25f}, 3)).isFalse();
        assertThat(classes.evaluate(new float[] {0.5f, 0.25f, 0.25f}, 0.5)).isFalse();
        assertThat(classes.evaluate(new float[] {0.5f, 0.25f, 0.25f}, 2)).isTrue();
    }

    private static void close(Double actual, double expected) {
        assertThat(actual).isCloseTo(expected, within(1e-6));
    }

    private static ModelSpec spec(String name, int outputs, String rest) {
        return ModelSpec.parse(
                "{name: %s, label: y, features: {numeric: [a]}, outputs: %d, %s}".formatted(name, outputs, rest));
    }
}
