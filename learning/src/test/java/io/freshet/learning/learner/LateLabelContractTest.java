package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.RandomSamples;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.table.OptimizerTable;
import io.freshet.learning.state.LearnerState;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares models that weigh late positives with models without {@code join} that learn the same label with the same weight. Would
 * catch a path of the learner that ignores the weights, or an optimizer that takes them otherwise than the weight of a sample.
 */
class LateLabelContractTest {
    private static final double LATE = 0.6;
    private static final long SEED = 20261201;

    static Stream<Arguments> optimizers() {
        return OptimizerTable.names().stream()
                .filter(name -> !name.equals("lbfgs"))
                .flatMap(name -> Stream.of("weighted", "calibrated").map(method -> Arguments.of(name, method)));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void every_optimizer_takes_the_weight_of_a_label_like_that_of_a_sample(String optimizer, String method) {
        assertLearnsLikeWeights("optimizer: " + optimizer, 1, method);
    }

    @ParameterizedTest
    @ValueSource(strings = {"factorization-machine", "mlp, hidden: [5]", "mlp, hidden: [5], dropout: 0.2"})
    void every_model_takes_the_weight_of_a_label_like_that_of_a_sample(String type) {
        assertLearnsLikeWeights("model: {type: " + type + "}", 1, "weighted");
    }

    /** They learn the samples of a batch in turn, each with the prediction that the one before left. */
    @ParameterizedTest
    @ValueSource(strings = {"normalized-adagrad", "scale-free"})
    void optimizers_that_look_ahead_weigh_each_sample_of_a_batch_in_turn(String optimizer) {
        assertLearnsLikeWeights("optimizer: " + optimizer, 4, "weighted");
    }

    private static void assertLearnsLikeWeights(String rest, int batch, String method) {
        Learner learner = new Learner(spec(rest + ", batch: " + batch + join(method)));
        Learner plain = new Learner(spec(rest));
        LearnerState state = learner.start();
        LearnerState expected = plain.start();
        double late = method.equals("weighted") ? LATE : 0;
        int learned = 0;
        for (Sample sample : samples(plain.spec(), 200)) {
            float y = sample.label()[0];
            plain.learn(expected, with(sample, y, 0, null));
            double q = plain.lastPrediction()[0];
            double positive = 1 + late * q;
            boolean changes = learned % 3 == 2 && y > 0;
            double weight = changes ? y * positive : y * positive + (1 - y) * positive * (1 - q) / (1 - q + late * q);
            double label = changes ? 1 : y * positive / weight;
            plain.learn(expected, with(sample, (float) label, (float) (sample.weight() * weight), null));
            learner.learn(state, revised(state, changes, with(sample, y, sample.weight(), null), learned));
            learned++;
            if (learned % batch > 0) {
                continue;
            }
            float[] found = learner.snapshot(state, "").parameters();
            float[] wanted = plain.snapshot(expected, "").parameters();
            for (int i = 0; i < wanted.length; i++) {
                assertThat(found[i])
                        .as("%s, %s, sample %d, parameter %d", rest, method, learned, i)
                        .isCloseTo(wanted[i], within(2e-3f * (1 + Math.abs(wanted[i]))));
            }
        }
    }

    /** Enumerates the labels of a request: at once, late, or never. All steps are from the same parameters. */
    @ParameterizedTest
    @CsvSource({"retract", "weighted", "calibrated"})
    void the_expected_step_of_a_request_is_that_of_its_rate(String method) {
        float rate = 0.25f;
        String delayed = method.equals("retract") ? ", join: {within: 1h, after: 0}" : join(method);
        Learner learner = new Learner(spec("optimizer: {type: sgd, learningRate: " + rate + "}" + delayed));
        LearnerState start = learner.start();
        Sample request = samples(learner.spec(), 1).get(0);
        for (double p : new double[] {0.03, 0.4, 0.9}) {
            for (int i = 0; i < 40; i++) {
                learner.learn(start, with(request, i % 3 == 0 ? 1 : 0, 0.2f, null));
                learner.learn(start, with(request, 0, 0, null));
                double b = learner.lastPrediction()[0];
                double q = method.equals("calibrated") ? b / (1 + LATE * b) : b;
                double atOnce = p * (1 - LATE);
                double expected = atOnce * step(learner, start, request, Stage.OPEN, 1)
                        + (1 - atOnce) * step(learner, start, request, Stage.OPEN, 0)
                        + p * LATE * step(learner, start, request, Stage.CHANGED, 1);
                double factor = switch (method) {
                    case "retract" -> q - p;
                    case "weighted" -> (1 + LATE * q) * (1 - q) / (1 - q + LATE * q) * (q - p);
                    default -> (1 + LATE * p) * q - p;
                };
                assertThat(expected).isCloseTo(-rate * factor, within(1e-5));
            }
        }
    }

    /** A step that ends before the minimum of its sample is shorter than its gradient, so the correction of the sample must be, too. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "scale-free | binary-cross-entropy",
                "scale-free | mean-squared-error",
                "scale-free | poisson",
                "scale-free | sparse-categorical-cross-entropy",
                "{type: normalized-adagrad, learningRate: 4} | binary-cross-entropy",
                "{type: normalized-adagrad, learningRate: 4} | mean-squared-error",
                "{type: normalized-adagrad, learningRate: 4} | poisson",
                "{type: normalized-adagrad, learningRate: 4} | sparse-categorical-cross-entropy",
            })
    void a_first_label_and_its_correction_are_the_step_of_the_final_one(String optimizer, String loss) {
        String classes = loss.startsWith("sparse") ? ", outputs: 3" : "";
        Learner learner = new Learner(
                ModelSpec.parse("{name: m, label: y, features: {dense: [{field: v, length: 60}]}, loss: " + loss
                        + classes + ", optimizer: " + optimizer + ", join: {within: 1h, after: 0, missing: drop}}"));
        LearnerState state = learner.start();
        List<Sample> samples = RandomSamples.of(learner.spec(), 400, SEED);
        for (int i = 0; i < samples.size(); i++) {
            learner.learn(state, with(samples.get(i), i % 3 == 0 ? 1 : 0, 1, null));
        }
        for (Sample sample : samples.subList(0, 20)) {
            double expected = step(learner, state, sample, Stage.COMPLETE, 1);
            double first = step(learner, state, sample, Stage.OPEN, 0);
            double change = step(learner, state, sample, Stage.CHANGED, 1);
            double size = Math.abs(expected) + Math.abs(first);
            assertThat(size).isPositive();
            assertThat(first + change).isCloseTo(expected, within(0.03 * size));
        }
    }

    /** Returns by how much the bias, whose input is 1, changes. */
    private static double step(Learner learner, LearnerState start, Sample request, Stage stage, float label) {
        LearnerState state = start.copy();
        float previous = stage == Stage.CHANGED ? 0 : Float.NaN;
        Sample.Revision revision = stage == Stage.COMPLETE ? null : new Sample.Revision(stage, id(1), previous);
        Sample sample = with(request, label, 1, revision);
        learner.learn(
                state,
                stage == Stage.CHANGED
                        ? LateLabels.replacing(state, sample, learner.spec().logitCount())
                        : sample);
        return learner.snapshot(state, "").parameters()[0]
                - learner.snapshot(start, "").parameters()[0];
    }

    /** The share of each sample in a batch is that of its own weight. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"seed: 1", "model: {type: mlp, hidden: [4]}"})
    void a_batch_is_the_mean_of_weighted_gradients(String rest) {
        String batch = rest + ", optimizer: {type: sgd, learningRate: 0.1}, batch: 4";
        Learner learner = new Learner(spec(batch + join("weighted")));
        Learner plain = new Learner(spec(batch));
        List<Sample> samples = samples(plain.spec(), 4);
        LearnerState state = learner.start();
        LearnerState expected = plain.start();
        float[] start = plain.snapshot(expected, "").parameters();
        double own = 0;
        double weighted = 0;
        for (int i = 0; i < 4; i++) {
            Sample sample = samples.get(i);
            float y = i % 2;
            plain.learn(expected, with(sample, y, 0, null));
            double q = plain.lastPrediction()[0];
            double weight = (1 + LATE * q) * (i % 2 == 1 ? 1 : (1 - q) / (1 - q + LATE * q));
            own += sample.weight();
            weighted += sample.weight() * weight;
            plain.learn(expected, with(sample, y, (float) (sample.weight() * weight), null));
            learner.learn(state, revised(state, i == 3, with(sample, y, sample.weight(), null), i));
        }
        float[] found = learner.snapshot(state, "").parameters();
        float[] wanted = plain.snapshot(expected, "").parameters();
        assertThat(state.updates()).isEqualTo(1);
        for (int i = 0; i < wanted.length; i++) {
            assertThat((double) found[i]).isCloseTo(start[i] + (wanted[i] - start[i]) * weighted / own, within(1e-5));
        }
    }

    @Test
    void the_score_of_a_final_label_is_that_of_the_calibrated_prediction() {
        Learner learner = new Learner(spec("optimizer: {type: sgd, learningRate: 0.01}" + join("calibrated")));
        LearnerState state = learner.start();
        List<Sample> samples = samples(learner.spec(), 50);
        double sum = 0;
        double weight = 0;
        List<Double> predictions = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            Sample sample = samples.get(i);
            learner.learn(state, with(sample, 0, sample.weight(), new Sample.Revision(Stage.OPEN, id(i), Float.NaN)));
            predictions.add((double) learner.lastPrediction()[0]);
        }
        assertThat(state.total().weight()).isZero();
        for (int i = 0; i < samples.size(); i++) {
            Sample sample = samples.get(i);
            float y = i % 3 == 0 ? 1 : 0;
            learner.learn(state, Sample.closed(new float[] {y}, false, sample.position(), id(i)));
            double p = predictions.get(i);
            sum += sample.weight() * (y == 1 ? -Math.log(p) : -Math.log1p(-p));
            weight += sample.weight();
        }
        assertThat(state.total().loss()).isCloseTo(sum / weight, within(1e-5));
    }

    private static Sample revised(LearnerState state, boolean changes, Sample sample, int id) {
        return changes
                ? LateLabels.replacing(state, LateLabels.changed(sample, sample.label()[0], 0, id), 1)
                : LateLabels.open(sample, sample.label()[0], id);
    }

    private static SampleId id(int number) {
        return new SampleId(number, 7);
    }

    private static List<Sample> samples(ModelSpec spec, int count) {
        return RandomSamples.of(spec, 3 * count, SEED).stream()
                .filter(sample -> sample.weight() > 0)
                .limit(count)
                .toList();
    }

    private static Sample with(Sample sample, float label, float weight, Sample.Revision revision) {
        return new Sample(sample.features(), new float[] {label}, weight, false, sample.position(), revision);
    }

    private static String join(String method) {
        return ", join: {within: 1h, after: 0, delayed: {type: " + method + ", late: " + LATE + "}}";
    }

    private static ModelSpec spec(String rest) {
        String hashed = rest.contains("mlp") ? "" : ", categorical: [c], hashBits: 4";
        return ModelSpec.parse("{name: m, label: y, features: {numeric: [a]" + hashed
                + ", standardize: false}, loss: binary-cross-entropy, " + rest + "}");
    }
}
