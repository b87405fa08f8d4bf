package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.RandomSamples;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.SampleId;
import io.freshet.learning.features.Stage;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Would catch a first label and a correction that together are another step than that of the final label, and a score of another
 * prediction than the one that was made.
 */
class LateLabelContractTest {
    private static final double LATE = 0.6;
    private static final long SEED = 20261201;

    /** Enumerates the labels of a request: at once, late, or never. All steps are from the same parameters. */
    @Test
    void the_expected_step_of_a_request_is_that_of_its_rate() {
        float rate = 0.25f;
        Learner learner = new Learner(spec("optimizer: {type: sgd, learningRate: " + rate + "}"));
        LearnerState start = learner.start();
        Sample request = samples(learner.spec(), 1).get(0);
        for (double p : new double[] {0.03, 0.4, 0.9}) {
            for (int i = 0; i < 40; i++) {
                learner.learn(start, with(request, i % 3 == 0 ? 1 : 0, 0.2f, null));
                learner.learn(start, with(request, 0, 0, null));
                double q = learner.lastPrediction()[0];
                double atOnce = p * (1 - LATE);
                double expected = atOnce * step(learner, start, request, Stage.OPEN, 1)
                        + (1 - atOnce) * step(learner, start, request, Stage.OPEN, 0)
                        + p * LATE * step(learner, start, request, Stage.CHANGED, 1);
                assertThat(expected).isCloseTo(-rate * (q - p), within(1e-5));
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

    @Test
    void the_score_of_a_final_label_is_that_of_the_first_prediction() {
        Learner learner = new Learner(spec("optimizer: {type: sgd, learningRate: 0.01}"));
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

    private static ModelSpec spec(String rest) {
        return ModelSpec.parse("{name: m, label: y, features: {numeric: [a], categorical: [c], hashBits: 4,"
                + " standardize: false}, loss: binary-cross-entropy, join: {within: 1h, after: 0}, " + rest + "}");
    }
}
