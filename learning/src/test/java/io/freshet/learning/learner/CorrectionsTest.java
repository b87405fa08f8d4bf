package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a request that does not count with its newest label, once, after one of its samples was not learned. */
class CorrectionsTest {
    private static final String CLICKS = """
            name: m
            label: y
            weight: w
            features: {categorical: [c], hashBits: 4}
            loss: binary-cross-entropy
            optimizer: {type: sgd, learningRate: 0.5}
            """;
    private static final String RETRACT = "join: {within: 1h, after: 0}\n";
    private static final String SUMS = CLICKS.replace("binary-cross-entropy", "mean-squared-error");

    private final Learner learner = new Learner(ModelSpec.parse(CLICKS + RETRACT));
    private final Learner frozen = learner.changed(ModelSpec.parse(CLICKS + RETRACT + "frozen: true\n"));
    private final LearnerState state = learner.start();

    /** A step of a change moves the bias by half of it. */
    private float bias() {
        return bias(state);
    }

    private float bias(LearnerState of) {
        return learner.snapshot(of, "").parameters()[0];
    }

    @Test
    void a_label_that_changed_back_while_frozen_is_no_step() {
        learner.learn(state, LateLabels.open(sample(1), 0, 1));
        frozen.learn(state, LateLabels.changed(sample(1), 1, 0, 1));
        List<Object> before = learned(state);

        learner.learn(state, LateLabels.changed(sample(1), 0, 1, 1));

        assertThat(learned(state)).isEqualTo(before);
        assertThat(state.corrections()).isZero();
    }

    @Test
    void a_correction_that_was_skipped_is_part_of_the_next_one() throws IOException {
        learner.learn(state, LateLabels.open(sample(1), 0, 1));
        float first = bias();
        frozen.learn(state, LateLabels.changed(sample(1), 1, 0, 1));
        assertThat(bias()).isEqualTo(first);
        LearnerState restored =
                LearnerStateCodec.read(new DataInputStream(new ByteArrayInputStream(LearnerTest.bytes(state))));

        learner.learn(restored, LateLabels.changed(sample(1), 0.5f, 1, 1));

        assertThat(bias(restored) - first).isCloseTo(0.25f, within(1e-6f));
        assertThat(restored.corrections()).isEqualTo(1);
    }

    /** A closed sample has no features: what no later correction repeats stays as it was learned, and is scored as it ended. */
    @Test
    void a_correction_that_was_skipped_last_is_scored_and_not_learned() {
        learner.learn(state, LateLabels.open(sample(1), 0, 1));
        float first = bias();
        frozen.learn(state, LateLabels.changed(sample(1), 1, 0, 1));
        learner.learn(state, LateLabels.closed(sample(1), 1, 1));
        assertThat(bias()).isEqualTo(first);
        assertThat(state.window().loss()).isCloseTo(Math.log(2), within(1e-6));
    }

    @Test
    void a_learned_request_is_corrected_though_its_id_is_held_out_now() {
        learner.learn(state, LateLabels.open(sample(1), 0, 1));
        float first = bias();
        learner.learn(state, LateLabels.changed(heldOut(sample(1)), 1, 0, 1));
        assertThat(bias() - first).isCloseTo(0.5f, within(1e-6f));
    }

    @Test
    void a_learned_request_is_corrected_with_the_weight_it_was_learned_with() {
        learner.learn(state, LateLabels.open(sample(2), 0, 1));
        float first = bias();
        learner.learn(state, LateLabels.changed(sample(0), 1, 0, 1));
        assertThat(bias() - first).isCloseTo(1, within(1e-6f));
    }

    @ParameterizedTest
    @CsvSource({"frozen, 1", "held out, 1", "without weight, 1", "frozen, 3", "held out, 3", "without weight, 3"})
    void a_request_that_was_not_learned_is_learned_as_a_whole_and_once(String since, int batch) {
        String yaml = """
                name: m
                label: y
                weight: w
                features: {numeric: [a]}
                loss: binary-cross-entropy
                join: {within: 1h, after: 0}
                batch: {size: %d}
                """.formatted(batch);
        Learner thawed = new Learner(ModelSpec.parse(yaml));
        LearnerState late = thawed.start();
        LearnerState expected = thawed.start();
        for (int i = 0; i < 9; i++) {
            Sample first = sample(since.equals("without weight") ? 0 : 1, i);
            Sample skipped = since.equals("held out") ? heldOut(first) : first;
            Learner before = since.equals("frozen") ? new Learner(ModelSpec.parse(yaml + "frozen: true\n")) : thawed;
            before.learn(late, LateLabels.open(skipped, 0, i));
            thawed.learn(late, LateLabels.changed(sample(1, i), 0.5f, 0, i));
            thawed.learn(expected, LateLabels.open(sample(1, i), 0.5f, i));
            if (i % 2 == 0) {
                thawed.learn(late, LateLabels.changed(sample(1, i), 1, 0.5f, i));
                thawed.learn(expected, LateLabels.changed(sample(1, i), 1, 0.5f, i));
            }
        }
        assertThat(late.weights()).isEqualTo(expected.weights());
        assertThat(late.moments()).isEqualTo(expected.moments());
        assertThat(late.samples()).isEqualTo(expected.samples());
        assertThat(late.corrections()).isEqualTo(expected.corrections()).isPositive();
        assertThat(late.window().samples()).isZero();
    }

    @Test
    void samples_received_again_change_nothing() {
        learner.learn(state, LateLabels.open(sample(1), 0, 1));
        learner.learn(state, LateLabels.changed(sample(1), 1, 0, 1));
        List<Object> before = learned(state);
        learner.learn(state, LateLabels.changed(sample(1), 1, 0, 1));
        learner.learn(state, LateLabels.open(sample(1), 1, 1));
        assertThat(learned(state)).isEqualTo(before);
    }

    /** A late outcome corrects a request whose label was final, so that no prediction of it is kept. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_request_that_was_closed_or_complete_is_corrected_from_its_previous_label(boolean complete) {
        if (complete) {
            learner.learn(state, sample(1));
        } else {
            learner.learn(state, LateLabels.open(sample(1), 0, 1));
            learner.learn(state, LateLabels.closed(sample(1), 0, 1));
        }
        float before = bias();
        learner.learn(state, LateLabels.changed(sample(1), 1, 0, 1));
        assertThat(bias() - before).isCloseTo(0.5f, within(1e-6f));
        assertThat(state.corrections()).isEqualTo(1);
    }

    @Test
    void a_request_that_was_rejected_is_learned_with_its_next_label() {
        Learner sums = new Learner(ModelSpec.parse(SUMS + RETRACT));
        LearnerState of = sums.start();
        sums.learn(of, LateLabels.open(sample(1000), 1e15f, 1));
        assertThat(of.rejected()).isEqualTo(1);
        sums.learn(of, LateLabels.changed(sample(1000), 0.001f, 1e15f, 1));
        // The gradient of the whole sample at a prediction of 0.
        assertThat(bias(of)).isCloseTo(0.5f * 1000 * 2 * 0.001f, within(1e-5f));
    }

    /** With so many classes, 167 predictions are kept. */
    @Test
    void a_request_whose_prediction_was_dropped_is_corrected_from_its_previous_label() {
        Learner classes =
                new Learner(ModelSpec.parse(CLICKS.replace("binary-cross-entropy", "sparse-categorical-cross-entropy")
                                .replace("{categorical: [c], hashBits: 4}", "{numeric: [a]}")
                        + "outputs: 50000\njoin: {within: 1h, after: 0, missing: drop}\n"));
        Learner still =
                classes.changed(ModelSpec.parse(classes.spec().toYaml().replace("frozen: false", "frozen: true")));
        assertThat(still.spec().stream().frozen()).isTrue();
        LearnerState of = classes.start();
        classes.learn(of, LateLabels.open(sample(1, 0), 4, 1000));
        for (int i = 0; i < 167; i++) {
            still.learn(of, LateLabels.open(sample(1, 0), 4, i));
        }
        assertThat(of.openPredictions().dropped()).isEqualTo(1);
        float[] before = classes.snapshot(of, "").parameters();
        classes.learn(of, LateLabels.changed(sample(1, 0), 7, 4, 1000));
        float[] after = classes.snapshot(of, "").parameters();
        assertThat(after[7] - before[7]).isCloseTo(0.5f, within(1e-5f));
        assertThat(after[4] - before[4]).isCloseTo(-0.5f, within(1e-5f));
        assertThat(after[5]).isEqualTo(before[5]);
    }

    private static List<Object> learned(LearnerState state) {
        return List.of(
                state.samples(),
                state.updates(),
                state.corrections(),
                state.weights().copy());
    }

    private static Sample heldOut(Sample sample) {
        return new Sample(sample.features(), sample.label(), sample.weight(), true, sample.position());
    }

    private static Sample sample(float weight) {
        return Sample.of(new double[0], new int[] {3}, new float[] {1}, 0, weight, new Sample.Position(0, 0, 0, 0));
    }

    private static Sample sample(float weight, double number) {
        return Sample.of(new double[] {number}, new int[0], new float[0], 0, weight, new Sample.Position(0, 0, 0, 0));
    }
}
