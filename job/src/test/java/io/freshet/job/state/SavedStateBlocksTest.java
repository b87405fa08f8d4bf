package io.freshet.job.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Would catch a state to revert to that is stored in one value, which the state backend limits, and one that is written whole
 * at each checkpoint or outlives its model.
 */
class SavedStateBlocksTest {
    private static final String MODEL_KEY = "m/";
    private static final int WINDOW = 2;
    private static final int LARGEST_VALUE = 4_096;
    /** Five blocks of 2^14 rows, the last of which has one row. */
    private static final Learner REVERTS = learner("onDivergence: revert");

    private static final Learner PLAIN = learner("onDivergence: none");
    private static final Learner BEST = learner("holdout: 0.5, earlyStopping: {patience: 2}, epochs: 3");
    /** A block of the weights has part 0 in its key, and one of the saved states part 1 or 2. */
    private static final int PART = 1 << 24;

    private ModelStateHarness harness;
    private long offset;

    @AfterEach
    void close() throws Exception {
        harness.close();
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void no_value_holds_a_saved_state(Backend backend) throws Exception {
        start(backend, REVERTS);
        assertThat(state().lastGood()).isNotNull();
        assertThat(harness.valueBytes(MODEL_KEY)).isLessThan(LARGEST_VALUE);
        assertThat(harness.blocks(MODEL_KEY).keySet()).hasSize(2 * blocks());

        start(backend, BEST);
        assertThat(state().savedBest()).isNotNull();
        assertThat(harness.valueBytes(MODEL_KEY)).isLessThan(LARGEST_VALUE);
        assertThat(harness.blocks(MODEL_KEY).keySet()).hasSize(2 * blocks());
    }

    @Test
    void a_checkpoint_writes_the_changed_blocks_of_a_saved_state() throws Exception {
        start(Backend.HEAP, REVERTS);
        Map<Integer, byte[]> before = harness.blocks(MODEL_KEY);
        int row = 20_000;
        learnWindow(REVERTS, row);
        flush();
        assertThat(changed(before)).containsExactly(0, 1, PART, PART + 1);

        before = harness.blocks(MODEL_KEY);
        learn(REVERTS, row);
        flush();
        assertThat(changed(before)).as("within a window").containsExactly(0, 1);
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_restored_model_reverts_to_the_state_in_the_blocks(Backend backend) throws Exception {
        start(backend, REVERTS);
        float[] good = state().lastGood().weights().array().clone();
        learn(REVERTS, 3);
        restart(backend);
        assertThat(state().lastGood().weights().array()).isEqualTo(good);
        assertThat(state().weights().array()).isNotEqualTo(good);

        Map<Integer, byte[]> before = harness.blocks(MODEL_KEY);
        flush();
        if (backend == Backend.HEAP) {
            assertThat(changed(before)).as("learned without another sample").containsExactly(0);
        }
    }

    private void restart(Backend backend) throws Exception {
        OperatorSubtaskState written = harness.finish(harness.barrier());
        harness.close();
        harness = new ModelStateHarness(backend, 1 << 20, written, 1, 0);
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_saved_state_that_is_dropped_leaves_no_blocks(Backend backend) throws Exception {
        start(backend, REVERTS);
        learnWindow(PLAIN, 5);
        flush();
        assertThat(state().lastGood()).isNull();
        assertThat(harness.blocks(MODEL_KEY).keySet()).hasSize(blocks());
        harness.remove(MODEL_KEY);
        assertThat(harness.entries()).isZero();
    }

    /** Starts a model with a saved state, and writes it. */
    private void start(Backend backend, Learner learner) throws Exception {
        if (harness != null) {
            harness.close();
        }
        harness = new ModelStateHarness(backend, 1 << 20, null, 1, 0);
        harness.put(MODEL_KEY, ModelState.start(learner, null));
        if (learner == BEST) {
            for (int epoch = 0; epoch < 2; epoch++) {
                for (int i = 0; i < 16; i++) {
                    learner.learn(state(), sample(7, epoch));
                }
            }
        } else {
            learnWindow(learner, 7);
        }
        flush();
    }

    private LearnerState state() throws Exception {
        return harness.get(MODEL_KEY).learner();
    }

    private int blocks() throws Exception {
        return state().layout().blocks();
    }

    private void learnWindow(Learner learner, int row) throws Exception {
        while (state().window().samples() < WINDOW) {
            learn(learner, row);
        }
        learner.nextWindow(state());
    }

    private void learn(Learner learner, int row) throws Exception {
        learner.learn(state(), sample(row, 0));
    }

    private void flush() throws Exception {
        harness.finish(harness.barrier());
    }

    private Set<Integer> changed(Map<Integer, byte[]> before) throws Exception {
        Set<Integer> changed = new TreeSet<>();
        harness.blocks(MODEL_KEY).forEach((key, block) -> {
            if (before.get(key) != block) {
                changed.add(key);
            }
        });
        return changed;
    }

    private Sample sample(int row, int epoch) {
        offset++;
        return new Sample(
                new Sample.Features(new double[0], new float[0], new int[] {row}, new int[0], new float[] {1}),
                new float[] {offset % 2},
                1,
                offset % 4 == 0,
                new Sample.Position(0, offset, 1_000 + offset, epoch));
    }

    private static Learner learner(String text) {
        return new Learner(ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy,"
                + " features: {sparse: [x], hashBits: 16}, optimizer: {type: rmsprop},"
                + " evaluation: {window: " + WINDOW + "}, " + text + "}"));
    }
}
