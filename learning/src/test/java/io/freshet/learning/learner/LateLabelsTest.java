package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.features.Sample;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a correction that changes more than parameters, or a score of a label that is not final. */
class LateLabelsTest {
    private static final String CLICKS = """
            name: m
            label: y
            weight: w
            features: {numeric: [a], categorical: [c], hashBits: 4}
            loss: binary-cross-entropy
            optimizer: {type: sgd, learningRate: 0.5}
            join: {within: 1h, after: 0}
            """;

    private final SplittableRandom random = new SplittableRandom(20261201);

    @Test
    void a_correction_changes_parameters_and_nothing_else() {
        Learner learner = learner("watch: {drift: {type: page-hinkley}}\n");
        LearnerState state = learner.start();
        for (int i = 0; i < 50; i++) {
            learner.learn(state, sample(i, i % 2, 1));
            learner.learn(state, LateLabels.open(sample(i, 0, 1), 0, i));
        }
        LearnerState before = state.copy();

        learner.learn(state, LateLabels.changed(sample(3, 0, 1), 1, 0, 3));

        assertThat(state.weights()).isNotEqualTo(before.weights());
        assertThat(state.samples()).as("a new version").isEqualTo(before.samples() + 1);
        assertThat(state.updates()).isEqualTo(before.updates() + 1);
        assertThat(state.corrections()).isEqualTo(1);
        assertThat(state.moments()).isEqualTo(before.moments());
        assertThat(state.window().metrics()).isEqualTo(before.window().metrics());
        assertThat(state.epochProgress().holdout().samples()).isZero();
        assertThat(state.openPredictions().parts().ids())
                .isEqualTo(before.openPredictions().parts().ids());
        assertThat(state.watcher().events()).isEqualTo(before.watcher().events());
    }

    @Test
    void a_snapshot_has_no_metrics_before_a_label_is_final() {
        Learner learner = learner("");
        LearnerState state = learner.start();
        learner.learn(state, LateLabels.open(sample(0, 0, 1), 0, 0));
        assertThat(learner.snapshot(state, "").metrics()).isNull();
        learner.learn(state, sample(1, 1, 1));
        assertThat(learner.snapshot(state, "").metrics().samples()).isEqualTo(1);
    }

    @Test
    void a_correction_is_the_same_however_confident_the_model_is() {
        Learner learner = learner("");
        for (int positives : new int[] {0, 1, 2000}) {
            LearnerState state = learner.start();
            for (int i = 0; i < positives; i++) {
                learner.learn(state, sample(1, 1, 1));
            }
            float[] before = theta(state);
            learner.learn(state, LateLabels.replacing(state, LateLabels.changed(sample(1, 0, 1), 0, 1, 1), 1));
            // Bias and category have the value 1; the gradient is (1 - 0) 1.
            assertThat(theta(state)[0] - before[0]).isCloseTo(-0.5f, within(1e-6f));
        }
    }

    @Test
    void the_prediction_of_the_open_sample_is_scored_with_the_final_label() {
        Learner learner = learner("");
        LearnerState state = learner.start();
        for (int i = 0; i < 20; i++) {
            learner.learn(state, sample(1, 1, 1));
        }
        Sample request = sample(1, 0, 2);
        double asked = new Predictor(learner.snapshot(state, "")).predict(request)[0];
        double scored = state.window().loss() * state.window().weight();

        learner.learn(state, LateLabels.open(request, 0, 7));
        assertThat(state.window().samples()).as("a fake negative is no label").isEqualTo(20);
        learner.learn(state, LateLabels.changed(request, 1, 0, 7));
        for (int i = 0; i < 20; i++) {
            learner.learn(state, LateLabels.open(sample(1, 0, 1), 0, 100 + i));
        }
        learner.learn(state, LateLabels.closed(request, 1, 7));

        assertThat(state.window().samples()).isEqualTo(21);
        assertThat(state.window().loss() * state.window().weight() - scored)
                .isCloseTo(-2 * Math.log(asked), within(1e-6));
        assertThat(learner.lastPrediction()[0]).isEqualTo((float) asked);
    }

    @Test
    void a_closed_sample_that_was_never_open_is_counted_and_scores_nothing() {
        Learner learner = learner("");
        LearnerState state = learner.start();
        learner.learn(state, sample(1, 1, 1));
        learner.learn(state, LateLabels.closed(sample(2, 0, 1), 1, 7));
        assertThat(state.window().samples()).isEqualTo(1);
        assertThat(state.samples()).isEqualTo(1);
        assertThat(state.openPredictions().unmatched()).isEqualTo(1);
        assertThat(state.lineage().position()).isEqualTo(2);
    }

    /** They would be in every checkpoint forever. */
    @Test
    void a_model_whose_join_was_removed_keeps_no_predictions_and_learns_the_first_labels() {
        Learner learner = learner("");
        LearnerState state = learner.start();
        learner.learn(state, LateLabels.open(sample(1, 0, 1), 0, 7));
        learner.learn(state, LateLabels.closed(sample(2, 0, 1), 1, 8));
        float[] learned = theta(state);

        Learner plain = learner.changed(ModelSpec.parse(CLICKS.replace("join: {within: 1h, after: 0}", "")));
        plain.skipDuplicate(state, sample(1, 0, 1));

        assertThat(state.openPredictions()).isNull();
        assertThat(theta(state)).isEqualTo(learned);
        plain.learn(state, sample(1, 0, 1));
        assertThat(LearnerTest.bytes(state)[0])
                .as("a version of models without join")
                .isLessThan((byte) 8);
    }

    @Test
    void a_state_without_open_predictions_has_the_same_bytes_after_a_restore() throws IOException {
        Learner learner = learner("");
        LearnerState state = learner.start();
        learner.learn(state, LateLabels.open(sample(1, 0, 1), 0, 7));
        learner.learn(state, LateLabels.closed(sample(1, 0, 1), 0, 7));
        byte[] bytes = LearnerTest.bytes(state);
        LearnerState restored = LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(bytes)));
        assertThat(LearnerTest.bytes(restored)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"true, 1, ''", "false, 0, ''", "false, 1, 'frozen: true'"})
    void samples_that_are_not_learned_are_not_corrected(boolean heldOut, float weight, String more) {
        Learner learner = learner(more + "\n");
        LearnerState state = learner.start();
        Sample plain = sample(1, 0, weight);
        Sample request = new Sample(plain.features(), plain.label(), weight, heldOut, plain.position());
        learner.learn(state, LateLabels.open(request, 0, 7));
        learner.learn(state, LateLabels.changed(request, 1, 0, 7));
        assertThat(state.weights()).isEqualTo(learner.start().weights());
        assertThat(state.samples()).isZero();
        assertThat(state.corrections()).isZero();
        learner.learn(state, LateLabels.closed(request, 1, 7));
        assertThat(state.epochProgress().holdout().samples()).isEqualTo(heldOut ? 1 : 0);
        assertThat(state.window().samples()).isEqualTo(heldOut ? 0 : 1);
        double loss = heldOut
                ? state.epochProgress().holdout().loss()
                : state.window().loss();
        assertThat(loss).isCloseTo(weight == 0 ? 0 : Math.log(2), within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"optimizer: {type: adamw, weightDecay: 0.5}", "regularization: {l1: 0.1, l2: 0.1}"})
    void corrections_make_no_penalty_step_of_their_own(String penalty) {
        for (int size : new int[] {1, 2}) {
            String yaml = CLICKS.replace("optimizer: {type: sgd, learningRate: 0.5}", penalty);
            if (!yaml.contains("optimizer")) {
                yaml += "optimizer: {type: sgd, learningRate: 0.5}\n";
            }
            Learner learner = new Learner(ModelSpec.parse(yaml + "batch: {size: " + size + "}\n"));
            LearnerState state = learner.start();
            for (int i = 0; i < 10; i++) {
                learner.learn(state, sample(1, 1, 1));
            }
            // Momentum of the optimizer must not hide the decay.
            float[] adam = theta(state);
            LearnerState same = state.copy();
            for (int i = 0; i < size; i++) {
                learner.learn(state, LateLabels.replacing(state, LateLabels.changed(sample(1, 1, 1), 1, 1, i), 1));
                learner.learn(same, sample(1, 1, 1));
            }
            if (penalty.startsWith("regularization")) {
                assertThat(theta(state)).isEqualTo(adam);
            } else {
                assertThat(Math.abs(theta(state)[0])).isGreaterThan(Math.abs(adam[0]));
            }
            assertThat(same.weights()).isNotEqualTo(state.weights());
        }
    }

    @Test
    void a_correction_too_large_to_learn_is_rejected_and_clipping_applies() {
        String regression = """
                name: m
                label: y
                features: {numeric: [a], categorical: [c], hashBits: 4}
                weight: w
                loss: mean-squared-error
                optimizer: {type: sgd, learningRate: 0.5}
                join: {within: 1h, after: 0, several: sum}
                """;
        Learner learner = new Learner(ModelSpec.parse(regression));
        LearnerState state = learner.start();
        learner.learn(state, LateLabels.replacing(state, LateLabels.changed(sample(1, 0, 1000), 1e15f, 0, 1), 1));
        assertThat(state.rejected()).isEqualTo(1);
        assertThat(state.weights()).isEqualTo(learner.start().weights());
        assertThat(learner.rejections().count()).isEqualTo(1);
        Learner clipped = new Learner(ModelSpec.parse(regression + "clip: {value: 2}\n"));
        state = clipped.start();
        clipped.learn(state, LateLabels.replacing(state, LateLabels.changed(sample(1, 0, 1), 1000, 0, 1), 1));
        assertThat(theta(state)[0]).isEqualTo(1);
    }

    /** A sum that grows beyond the labels seen so far would otherwise be predicted as limited. */
    @Test
    void a_corrected_label_widens_the_limits_of_predictions() {
        Learner learner = new Learner(ModelSpec.parse("""
                name: m
                label: y
                features: {numeric: [a], categorical: [c], hashBits: 4}
                loss: mean-squared-error
                clamp: labels
                join: {within: 1h, after: 0, several: sum}
                """));
        LearnerState state = learner.start();
        learner.learn(state, LateLabels.open(sample(1, 2, 1), 2, 1));
        learner.learn(state, LateLabels.changed(sample(1, 2, 1), 9, 2, 1));
        assertThat(state.labelRange()).containsExactly(2, 9);
    }

    /** At the same parameters, a label and its refund cancel up to rounding. */
    @Test
    void a_refund_in_one_batch_ends_where_the_final_label_does() {
        Learner learner = learner("batch: {size: 3}\n");
        LearnerState refunded = learner.start();
        Sample request = sample(1, 0, 1);
        learner.learn(refunded, LateLabels.open(request, 1, 1));
        learner.learn(refunded, LateLabels.changed(request, 0, 1, 1));
        learner.learn(refunded, LateLabels.changed(request, 1, 0, 1));
        LearnerState positive = learner.start();
        learner.learn(positive, LateLabels.open(request, 0, 1));
        learner.learn(positive, LateLabels.changed(request, 1, 0, 1));
        learner.learn(positive, LateLabels.changed(request, 1, 1, 1));
        float[] expected = theta(positive);
        float[] actual = theta(refunded);
        for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(1e-7f));
        }
    }

    /** Half of the negatives are positives at first, and are refunded 500 samples later. */
    @Test
    void a_stream_with_refunds_converges_to_the_rates_of_final_labels() {
        double[] rates = {0.05, 0.2, 0.5, 0.9};
        Learner learner = new Learner(ModelSpec.parse("""
                name: m
                label: y
                features: {categorical: [c], hashBits: 4}
                loss: binary-cross-entropy
                optimizer: {type: sgd, learningRate: 0.3}
                schedule: {type: inverse, tau: 500, power: 1}
                join: {within: 1h, after: 0}
                """));
        LearnerState refunded = learner.start();
        LearnerState known = learner.start();
        Deque<Sample> pending = new ArrayDeque<>();
        for (int i = 0; i < 60_000; i++) {
            int category = random.nextInt(4);
            int label = random.nextDouble() < rates[category] ? 1 : 0;
            boolean wasPositive = label == 1 || random.nextDouble() < 0.5;
            Sample request = category(category, i);
            learner.learn(known, LateLabels.open(request, label, i));
            learner.learn(refunded, LateLabels.open(request, wasPositive ? 1 : 0, i));
            pending.add(wasPositive && label == 0 ? LateLabels.changed(request, 0, 1, i) : request);
            Sample due = pending.size() > 500 ? pending.remove() : request;
            if (due.revision() != null) {
                learner.learn(refunded, due);
            }
        }
        assertThat(refunded.corrections()).isGreaterThan(10_000);
        for (int category = 0; category < 4; category++) {
            Sample request = category(category, 0);
            double expected = new Predictor(learner.snapshot(known, "")).predict(request)[0];
            double actual = new Predictor(learner.snapshot(refunded, "")).predict(request)[0];
            assertThat(expected).as("category %d", category).isCloseTo(rates[category], within(0.03));
            assertThat(actual).as("category %d", category).isCloseTo(rates[category], within(0.04));
        }
    }

    private static Learner learner(String more) {
        return new Learner(ModelSpec.parse(CLICKS + more));
    }

    private static float[] theta(LearnerState state) {
        return state.weights().convert(state.layout().bySlot()).arrays()[0];
    }

    private Sample sample(int category, float label, float weight) {
        return Sample.of(
                new double[] {random.nextDouble()},
                new int[] {2 + category % 16},
                new float[] {1},
                label,
                weight,
                new Sample.Position(0, 0, 0, 0));
    }

    private static Sample category(int category, int offset) {
        return Sample.of(
                new double[0], new int[] {1 + category}, new float[] {1}, 0, 1, new Sample.Position(0, offset, 0, 0));
    }
}
