package io.freshet.learning.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.FlatWeights;
import io.freshet.learning.Golden;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.model.Weights;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Numbers that decay end at 0, not among the subnormal ones; squares may underflow. */
class OptimizerUnderflowTest {
    /** The optimizers whose slots decay, and a large weight decay. */
    private static final List<Optimizer> DECAYING = Stream.concat(
                    OptimizerContractTest.STEPPING.stream(),
                    Stream.of(new AdamW(0.9, 0.999, 1e-8, 5), new Adam(0.5, 0.5, 1e-15)))
            .filter(optimizer -> optimizer.slots() > 0)
            .filter(optimizer -> optimizer.squares() < 0 || optimizer.averagesSquares())
            .toList();

    /** Subnormal numbers take many times longer on some CPUs. The parameters at 0 show the step itself. */
    @ParameterizedTest
    @FieldSource("io.freshet.learning.optimizer.OptimizerContractTest#STEPPING")
    void nothing_becomes_subnormal_in_10_000_steps_without_a_gradient(Optimizer optimizer) {
        float[] gradient = {0, 1, -1, 1e-3f, -1e-10f, 1e-17f, 1000, -1000};
        int n = gradient.length;
        int[] rows = StepRows.all(n);
        for (float rate : new float[] {0.1f, 1e-6f}) {
            Weights bySlot = Weights.zero(new StateLayout(n, 1, optimizer.slots(), false));
            Weights byRow = Weights.zero(new StateLayout(n, 1, optimizer.slots(), true));
            Weights moving = bySlot.copy();
            for (int t = 1; t <= 10_001; t++) {
                if (t == 5_000) {
                    Weights restored = bySlot.convert(byRow.layout());
                    bySlot = byRow.convert(bySlot.layout());
                    byRow = restored;
                }
                float[] given = t == 1 ? gradient : new float[n];
                Step step = StepRows.start(optimizer, rate, t);
                optimizer.stepRange(bySlot, 0, n, given, 0, step);
                optimizer.stepRows(byRow, rows, 0, n, given, step);
                moving.set(new float[n]);
                optimizer.stepRange(moving, 0, n, given, 0, step);
                assertNormal(bySlot, "rate %s, step %d".formatted(rate, t));
                assertNormal(byRow, "rate %s, by row, step %d".formatted(rate, t));
                assertNormal(moving, "rate %s, from 0, step %d".formatted(rate, t));
            }
        }
    }

    /** States may have them. */
    @ParameterizedTest
    @FieldSource("DECAYING")
    void the_first_step_mends_subnormal_slots(Optimizer optimizer) {
        float[][] state = new float[1 + optimizer.slots()][3];
        for (float[] array : state) {
            Arrays.fill(array, 1e-40f);
        }
        state[0][0] = 1;
        Weights weights = Weights.bySlot(1, state);
        StepRows.step(optimizer, weights, StepRows.all(3), new float[3], 0.1f);
        for (int slot = 1; slot < state.length; slot++) {
            assertThat(state[slot]).containsOnly(0);
        }
        assertThat(optimizer.largestLearningRate() < 1 ? state[0][1] : 0)
                .as("decayed parameter")
                .isZero();
    }

    private static void assertNormal(Weights weights, String what) {
        for (float number : FlatWeights.of(weights)) {
            if (number != 0 && !(Math.abs(number) >= Float.MIN_NORMAL)) {
                throw new AssertionError(what + ": " + number + " (expected: 0 or a normal number)");
            }
        }
    }

    /** Below about 1e-19, the square of a gradient underflows; epsilon must hide that, not amplify it. Running means are rounded. */
    @ParameterizedTest
    @CsvSource({"adagrad, 1, 0, 0, 0", "rmsprop, 0.1, 0, 0x1p-62, 0", "adam, 0.001, 0.001, 0x1p-57, 0x1p-92"})
    void follows_the_formula_for_gradients_whose_square_underflows(
            String name, double share, double corrected, double errorOfRoot, double errorOfMean) {
        double epsilon = 1e-15;
        Optimizer optimizer = TestSpecs.optimizer(name, ", epsilon: " + epsilon);
        for (double g = 1e-12; g > 1e-37; g /= 10) {
            float[][] state = new float[1 + optimizer.slots()][1];
            StepRows.step(optimizer, Weights.bySlot(1, state), new int[] {0}, new float[] {(float) g}, 1);
            double root = corrected > 0 ? Math.sqrt(share / corrected) * g : Math.sqrt(share) * g;
            double tolerance = 1e-4 + errorOfRoot / epsilon;
            Golden.assertClose(
                    state[0][0], -g / (root + epsilon), tolerance, errorOfMean / epsilon, "one step at gradient " + g);
        }
    }
}
