package io.freshet.learning.learner;

import static io.freshet.learning.learner.EpochProgressTest.sample;
import static io.freshet.learning.learner.EpochProgressTest.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Sample;
import io.freshet.learning.model.Weights;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Would catch a batch whose end depends on anything but counts and event times, and one that a frozen model learns. */
class BatchDelayTest {
    /** The late sample is not part of the batch that it ends. Processing time does not matter. */
    @Test
    void a_batch_ends_before_a_sample_beyond_its_maximum_delay() {
        ModelSpec spec = spec("batch: {size: 100, maxDelayMillis: 10}");
        long[] times = {1_000, 1_004, 1_010, 1_011, 1_005, 1_021, 1_022, 5_000};
        int[] updates = {0, 0, 0, 1, 1, 1, 2, 3};
        int[] pending = {1, 2, 3, 1, 2, 3, 1, 1};
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        for (int i = 0; i < times.length; i++) {
            learner.learn(state, at(times[i], i));
            assertThat(state.updates()).as("after sample %d", i).isEqualTo(updates[i]);
            assertThat(state.pending().size()).as("after sample %d", i).isEqualTo(pending[i]);
        }
        Learner never = new Learner(spec("batch: {size: 100}"));
        LearnerState other = never.start();
        for (int i = 0; i < times.length; i++) {
            never.learn(other, at(times[i], i));
        }
        assertThat(other.updates()).isZero();

        List<Integer> sizes = new ArrayList<>();
        Learner byCount = new Learner(spec("batch: {size: 3, maxDelayMillis: 10}"));
        LearnerState both = byCount.start();
        for (int i = 0; i < times.length; i++) {
            byCount.learn(both, at(times[i], i));
            sizes.add(both.pending().size());
        }
        assertThat(sizes).as("size or delay, whichever is first").containsExactly(1, 2, 0, 1, 2, 0, 1, 1);
    }

    @Test
    void a_held_out_sample_also_ends_a_batch() {
        Learner learner = new Learner(spec("batch: {size: 100, maxDelayMillis: 10}", "holdout: 0.5"));
        LearnerState state = learner.start();
        learner.learn(state, sample(1, 1, false, 0, 0));
        learner.learn(state, sample(1, 1, true, 0, 11));
        assertThat(state.updates()).isEqualTo(1);
        assertThat(state.pending().size()).isZero();
    }

    @Test
    void a_frozen_model_learns_no_overdue_batch() {
        ModelSpec spec = spec("batch: {size: 100, maxDelayMillis: 10}");
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        learner.learn(state, at(0, 0));
        new Learner(ModelSpec.parse(spec.toYaml().replace("frozen: false", "frozen: true"))).learn(state, at(100, 1));
        assertThat(state.updates()).isZero();
        learner.learn(state, at(100, 2));
        assertThat(state.updates()).isEqualTo(1);
    }

    @Test
    void a_batch_is_overdue_even_if_the_difference_of_times_overflows() {
        Learner learner = new Learner(spec("batch: {size: 100, maxDelayMillis: 10}"));
        LearnerState state = learner.start();
        learner.learn(state, at(Long.MIN_VALUE, 0));
        learner.learn(state, at(Long.MAX_VALUE, 1));
        learner.learn(state, at(Long.MIN_VALUE, 2));
        assertThat(state.updates()).isEqualTo(1);
        assertThat(state.pending().size()).isEqualTo(2);
    }

    /** A request each 10 ms. One of twenty is positive, which is known three seconds later. */
    @Test
    void a_correction_is_learned_in_a_full_batch_although_its_request_is_old() {
        assertThat(learnedJoined("batch: {size: 8, maxDelayMillis: 1000}", BatchDelayTest::learnCorrected))
                .isEqualTo(learnedJoined("batch: {size: 8}", BatchDelayTest::learnCorrected));
    }

    /** Without a label for missing outcomes, a first sample is as old as its outcome is late. The first batch knows no time yet. */
    @Test
    void a_first_sample_is_learned_in_a_full_batch_although_its_request_is_old() {
        assertThat(learnedJoined("batch: {size: 8, maxDelayMillis: 1000}", BatchDelayTest::learnDelayed))
                .isEqualTo(learnedJoined("batch: {size: 8}", BatchDelayTest::learnDelayed));
    }

    @Test
    void a_batch_of_a_joined_model_ends_when_event_time_has_gone_on() {
        Learner learner = joined("batch: {size: 100, maxDelayMillis: 1000}");
        LearnerState state = learner.start();
        learner.learn(state, LateLabels.open(at(10_000, 0), 0, 0));
        learner.learn(state, LateLabels.open(at(11_001, 1), 0, 1));
        assertThat(state.updates()).isEqualTo(1);
        learner.learn(state, LateLabels.open(at(12_002, 2), 0, 2));
        learner.learn(state, LateLabels.changed(at(10_000, 3), 1, 0, 0));
        assertThat(state.updates()).isEqualTo(2);
        assertThat(state.pending().size()).isEqualTo(2);
        learner.learn(state, LateLabels.open(at(13_003, 4), 0, 3));
        assertThat(state.updates()).isEqualTo(3);
    }

    private static void learnCorrected(Learner learner, LearnerState state) {
        for (int i = 0; i < 4_000; i++) {
            learner.learn(state, LateLabels.open(at(10L * i, i), 0, i));
            if (i >= 300 && i % 20 == 0) {
                learner.learn(state, LateLabels.changed(at(10L * (i - 300), i), 1, 0, i - 300));
            }
        }
    }

    private static void learnDelayed(Learner learner, LearnerState state) {
        SplittableRandom random = new SplittableRandom(20261201);
        for (int i = 0; i < 4_000; i++) {
            long asked = 10L * i - (i < 8 ? 0 : random.nextInt(3_000));
            learner.learn(state, LateLabels.open(at(asked, i), i % 2, i));
        }
    }

    private static Weights learnedJoined(String batch, BiConsumer<Learner, LearnerState> stream) {
        Learner learner = joined(batch);
        LearnerState state = learner.start();
        stream.accept(learner, state);
        return state.weights();
    }

    private static Learner joined(String batch) {
        return new Learner(ModelSpec.parse("""
                name: m
                label: y
                features: {numeric: [a]}
                loss: binary-cross-entropy
                optimizer: {type: sgd, learningRate: 0.1}
                join: {within: 1h, after: 0}
                """ + batch));
    }

    private static Sample at(long eventTime, int i) {
        return Sample.of(new double[] {i}, new int[0], new float[0], 1, 1, new Sample.Position(0, i, eventTime, 0));
    }
}
