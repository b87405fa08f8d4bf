package io.freshet.job.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import org.junit.jupiter.api.Test;

/** Would catch cached models that use far more memory than accounted for and fill the heap. */
class ModelStateCacheTest {
    private static final int WINDOW = 8;

    @Test
    void the_size_of_a_model_includes_the_state_to_revert_to() throws Exception {
        Learner learner = learner("evaluation: {window: " + WINDOW + "}, onDivergence: revert");
        long weights = learner.start().weights().bytes();
        try (ModelStateHarness harness = new ModelStateHarness(Backend.ROCKSDB, 3 * weights, null, 1, 0)) {
            harness.put("m/1", ModelState.start(learner, null));
            harness.put("m/2", ModelState.start(learner, null));
            assertThat(harness.states().cached()).isEqualTo(2);
            assertThat(harness.states().cachedBytes()).isBetween(2 * weights, 3 * weights);

            ModelState state = harness.get("m/1");
            learn(learner, state.learner(), WINDOW);
            learner.nextWindow(state.learner());
            assertThat(harness.get("m/1")).isSameAs(state);
            assertThat(harness.currentKey()).isEqualTo("m/1");
            assertThat(harness.states().cached())
                    .as("the other one was evicted")
                    .isEqualTo(1);
            assertThat(harness.states().cachedBytes()).isBetween(2 * weights, 3 * weights);

            assertThat(harness.get("m/2")).isNotNull();
            assertThat(harness.states().cachedBytes()).isBetween(weights, 2 * weights);
            harness.remove("m/2");
            assertThat(harness.states().cachedBytes()).isZero();
        }
    }

    @Test
    void the_size_of_a_model_includes_its_pending_batch() throws Exception {
        Learner learner = learner("batch: {size: 10000}");
        try (ModelStateHarness harness = new ModelStateHarness(Backend.ROCKSDB, 1L << 30, null, 1, 0)) {
            harness.put("m/1", ModelState.start(learner, null));
            long before = harness.states().cachedBytes();
            learn(learner, harness.get("m/1").learner(), 5_000);
            harness.get("m/1");

            // Each sample has three pairs of row and value, and its origin.
            assertThat(harness.states().cachedBytes()).isGreaterThan(before + 5_000 * (3 * 8 + 20));
            harness.remove("m/1");
            assertThat(harness.states().cachedBytes()).isZero();
        }
    }

    private static Learner learner(String text) {
        return new Learner(ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy,"
                + " features: {sparse: [x], hashBits: 12}, optimizer: {type: sgd}, " + text + "}"));
    }

    private static void learn(Learner learner, LearnerState state, int samples) {
        for (int i = 0; i < samples; i++) {
            float[] label = {i % 2};
            learner.learn(
                    state,
                    new Sample(
                            new Sample.Features(
                                    new double[0], new float[0], new int[] {1, 2}, new int[0], new float[] {1, 1}),
                            label,
                            1,
                            false,
                            new Sample.Position(0, i, 1_000 + i, 0)));
        }
    }
}
