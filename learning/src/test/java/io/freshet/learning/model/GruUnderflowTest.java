package io.freshet.learning.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.SequenceCases;
import io.freshet.learning.spec.ModelSpec;
import org.junit.jupiter.api.Test;

/** Would catch subnormal gradients of gates that are nearly closed, which slow down matrix products on some CPUs. */
class GruUnderflowTest {
    private static final long SEED = 20261130;
    private static final int SAMPLES = 200;

    /** The sums of gates are then spread over hundreds. */
    private static final float FACTOR = 100;

    @Test
    void gradients_of_nearly_closed_gates_are_0_or_normal() {
        ModelSpec spec = SequenceCases.spec(SequenceCases.FEATURES.get(0), "cell: gru, hidden: 8");
        RunningNetwork running = new RunningNetwork(spec, SequenceCases.samples(spec, SAMPLES, SEED));
        for (int i = 0; i < running.state.length; i++) {
            running.state[i] *= FACTOR;
        }
        for (int i = 0; i < SAMPLES; i++) {
            running.gradient.clear();
            float[] delta = running.delta(running.logits(i, i + 1, Network.PREDICT), i, i + 1);
            for (int j = 0; j < delta.length; j++) {
                // As the learner rounds them.
                delta[j] = (delta[j] + 0x1.8p-72f) - 0x1.8p-72f;
            }
            running.network.backward(running.state, running.batch, i, i + 1, delta, running.gradient);
            for (float number : running.gradient()) {
                assertThat(number == 0 || Math.abs(number) >= Float.MIN_NORMAL)
                        .as("%s, sample %d, seed %d", number, i, SEED)
                        .isTrue();
            }
        }
    }
}
