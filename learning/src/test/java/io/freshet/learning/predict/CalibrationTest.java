package io.freshet.learning.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.RandomSamples;
import io.freshet.learning.evaluation.Metric;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.state.LearnerState;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch a calibration that changes what is learned; a server, scorer, or metric with another prediction than the learner's; and
 * a loss or accuracy of the prediction before its calibration.
 */
class CalibrationTest {
    private static final double LATE = 0.6;
    private static final long SEED = 20261201;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optimizer: {type: sgd, learningRate: 0.02}",
                "optimizer: normalized-adagrad",
                "optimizer: adam, batch: 7",
                "model: {type: mlp, hidden: [4], dropout: 0.2}, batch: 3",
            })
    void only_what_is_reported_changes(String rest) {
        Learner calibrated = new Learner(spec(rest, "{type: calibrated, late: " + LATE + "}"));
        Learner plain = new Learner(spec(rest, "retract"));
        LearnerState state = calibrated.start();
        LearnerState other = plain.start();
        int corrected = 0;
        for (Sample sample : RandomSamples.of(plain.spec(), 300, SEED)) {
            Snapshot snapshot = calibrated.snapshot(state, "");
            float raw = new Predictor(plain.snapshot(other, "")).predict(sample)[0];
            double before = lossSum(state);
            calibrated.learn(state, sample);
            plain.learn(other, sample);

            float prediction = new Predictor(snapshot).predict(sample)[0];
            assertThat(prediction).isCloseTo((float) expected(raw), within(1e-5f));
            corrected += prediction > raw ? 1 : 0;
            Scorer scorer = new Scorer(calibrated.spec());
            assertThat(scorer.predict(snapshot, List.of(sample))[0][0]).isEqualTo(prediction);
            if (sample.weight() == 0) {
                continue;
            }
            double label = sample.label()[0];
            double loss = -label * Math.log(prediction) - (1 - label) * Math.log1p(-prediction);
            // Closer to 1, a float has too few digits.
            boolean isPrecise = prediction < 0.99;
            if (isPrecise) {
                assertThat(scorer.tally().loss()).isCloseTo(loss, within(1e-4 * (1 + loss)));
            }
            if (!rest.contains("batch")) {
                assertThat(calibrated.lastPrediction()).containsExactly(prediction);
                double added = lossSum(state) - before;
                assertThat(added).isCloseTo(sample.weight() * scorer.tally().loss(), within(1e-6 * (1 + before)));
            }
        }
        assertThat(corrected).isGreaterThan(200);
        assertThat(calibrated.snapshot(state, "").parameters())
                .containsExactly(plain.snapshot(other, "").parameters());
        assertThat(state.rejected()).isEqualTo(other.rejected());
        assertThat(state.total().weight()).isEqualTo(other.total().weight());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.25, 1})
    void every_metric_is_of_the_calibrated_prediction(double late) {
        ModelSpec spec = spec("optimizer: {type: sgd, learningRate: 0.02}", "{type: calibrated, late: " + late + "}");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        double predicted = 0;
        double labels = 0;
        double correct = 0;
        double weight = 0;
        for (Sample sample : RandomSamples.of(spec, 500, SEED)) {
            learner.learn(state, sample);
            float p = learner.lastPrediction()[0];
            float y = sample.label()[0];
            predicted += (double) sample.weight() * p;
            labels += (double) sample.weight() * y;
            correct += sample.weight() * ((p >= 0.5f) == (y >= 0.5f) ? 1 : 0);
            weight += sample.weight();
        }
        Metrics metrics = state.total().metrics();

        assertThat(metrics.get(Metric.CALIBRATION)).isCloseTo(predicted / labels, within(1e-6));
        assertThat(metrics.get(Metric.ACCURACY)).isCloseTo(correct / weight, within(1e-6));
    }

    private static double expected(double b) {
        return LATE * b < 1 ? Math.min(1, b / (1 - LATE * b)) : 1;
    }

    private static double lossSum(LearnerState state) {
        double weight = state.total().weight();
        return weight > 0 ? weight * state.total().loss() : 0;
    }

    private static ModelSpec spec(String rest, String delayed) {
        return ModelSpec.parse("{name: m, label: y, features: {numeric: [a, b]}, loss: binary-cross-entropy,"
                + " join: {within: 1h, after: 0, delayed: " + delayed + "}, " + rest + "}");
    }
}
