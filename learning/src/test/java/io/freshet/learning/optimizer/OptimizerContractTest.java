package io.freshet.learning.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.Golden;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.loss.MeanSquaredError;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.OptimizerTable;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What every optimizer of the table must hold; a new optimizer is in the table or this fails. */
class OptimizerContractTest {
    private static final long SEED = 20260104;
    private static final List<Optimizer> ALL = OptimizerTable.names().stream()
            .map(name -> TestSpecs.optimizer(name, ""))
            .toList();

    @Test
    void the_table_has_every_optimizer_there_is() {
        assertThat(ALL.stream().map(Object::getClass))
                .containsExactlyInAnyOrder(Optimizer.class.getPermittedSubclasses());
        assertThat(ALL.stream().map(Optimizer::name)).containsExactlyElementsOf(OptimizerTable.names());
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void the_largest_gradients_that_a_learner_lets_in_give_finite_numbers(Optimizer optimizer) {
        SplittableRandom random = new SplittableRandom(SEED);
        int n = 12;
        float[] state = new float[n * (1 + optimizer.slots())];
        float[] extremes = {0, -0f, 0x1p60f, -0x1p60f, 0x1p-60f, -0x1p-100f, Float.MIN_VALUE, 1, -1};
        for (int step = 0; step < 2000; step++) {
            float[] gradient = new float[n];
            for (int c = 0; c < n; c++) {
                gradient[c] = extremes[random.nextInt(extremes.length)];
            }
            float[] before = gradient.clone();
            StepRows.step(optimizer, state, n, new int[] {0, 1, 2, 3}, 4, 3, gradient, 0.1f);
            assertThat(gradient).as("the gradient handed in").isEqualTo(before);
            for (float number : state) {
                assertThat(number).as("seed %d, step %d", SEED, step).isFinite();
            }
        }
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void rows_that_are_not_given_keep_their_bits(Optimizer optimizer) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 200; trial++) {
            int width = random.nextInt(1, 5);
            int rows = random.nextInt(1, 20);
            int n = rows * width;
            float[] state = new float[n * (1 + optimizer.slots())];
            for (int c = 0; c < state.length; c++) {
                state[c] = (float) random.nextDouble(0, 4);
            }
            float[] before = state.clone();
            int[] touched =
                    random.ints(rows, 0, rows).distinct().limit(rows / 2).toArray();
            float[] gradient = new float[touched.length * width];
            Arrays.fill(gradient, 0.75f);

            StepRows.step(optimizer, state, n, touched, touched.length, width, gradient, 0.1f);

            for (int c = 0; c < state.length; c++) {
                int row = c % n / width;
                boolean given = Arrays.stream(touched).anyMatch(r -> r == row);
                if (!given) {
                    assertThat(state[c])
                            .as("seed %d, trial %d, number %d", SEED, trial, c)
                            .isEqualTo(before[c]);
                } else if (c < n) {
                    assertThat(state[c]).as("against the gradient").isLessThan(before[c]);
                }
            }
        }
    }

    /** The promise of sparse updates: rows do not depend on the order or the company in which they come. */
    @ParameterizedTest
    @FieldSource("ALL")
    void rows_in_any_order_give_the_same_bits(Optimizer optimizer) {
        int n = 6;
        float[] forth = new float[n * (1 + optimizer.slots())];
        float[] back = forth.clone();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int step = 0; step < 100; step++) {
            float a = (float) random.nextDouble(-1, 1);
            float b = (float) random.nextDouble(-1, 1);
            StepRows.step(optimizer, forth, n, new int[] {1, 4}, 2, 1, new float[] {a, b}, 0.1f);
            StepRows.step(optimizer, back, n, new int[] {4, 1}, 2, 1, new float[] {b, a}, 0.1f);
        }
        assertThat(back).isEqualTo(forth);
    }

    /** One coordinate to a row has a loop of its own. */
    @ParameterizedTest
    @FieldSource("ALL")
    void a_row_of_three_gives_the_bits_of_three_rows_of_one(Optimizer optimizer) {
        int n = 12;
        float[] wide = new float[n * (1 + optimizer.slots())];
        float[] narrow = wide.clone();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int step = 0; step < 100; step++) {
            float[] gradient = new float[6];
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] = (float) random.nextDouble(-1, 1);
            }
            StepRows.step(optimizer, wide, n, new int[] {3, 1}, 2, 3, gradient, 0.1f);
            StepRows.step(optimizer, narrow, n, new int[] {9, 10, 11, 3, 4, 5}, 6, 1, gradient, 0.1f);
        }
        assertThat(narrow).as("seed %d", SEED).isEqualTo(wide);
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void goes_through_yaml_with_every_hyperparameter(Optimizer optimizer) {
        StringBuilder hyperparameters = new StringBuilder();
        optimizer
                .hyperparameters()
                .forEach((name, value) ->
                        hyperparameters.append(", ").append(name).append(": ").append(value / 2));
        Optimizer changed = TestSpecs.optimizer(optimizer.name(), hyperparameters.toString());
        optimizer
                .hyperparameters()
                .forEach((name, value) -> assertThat(changed.hyperparameters()).containsEntry(name, value / 2));
        ModelSpec spec = TestSpecs.of(new MeanSquaredError(), 1, optimizer.name(), 1);
        assertThat(ModelSpec.parse(spec.toYaml()).optimizer()).isEqualTo(optimizer);
    }

    @Test
    void factories_on_the_interface_are_the_defaults_of_the_table() {
        assertThat(Optimizer.sgd()).isEqualTo(TestSpecs.optimizer("sgd", ""));
        assertThat(Optimizer.rmsProp()).isEqualTo(TestSpecs.optimizer("rmsprop", ""));
    }

    @Test
    void rmsprop_names_what_it_cannot_be() {
        assertThatThrownBy(() -> new RmsProp(1, 1e-8)).hasMessage("decay: 1.0 (expected: in [0, 1))");
        assertThatThrownBy(() -> new RmsProp(Double.NaN, 1e-8)).hasMessageStartingWith("decay: NaN");
        assertThatThrownBy(() -> new RmsProp(0.9, 0)).hasMessageStartingWith("epsilon: 0.0 (expected: ");
        assertThatThrownBy(() -> new RmsProp(0.9, Double.NaN)).hasMessageStartingWith("epsilon: NaN");
    }

    /** Below about 1e-19 the square of a gradient leaves the range of a float; epsilon must hide that, not blow it up. */
    @Test
    void rmsprop_keeps_to_the_formula_for_gradients_whose_square_underflows() {
        double epsilon = 1e-15;
        RmsProp optimizer = (RmsProp) TestSpecs.optimizer("rmsprop", ", epsilon: " + epsilon);
        for (double g = 1e-12; g > 1e-37; g /= 10) {
            float[] state = new float[2];
            StepRows.step(optimizer, state, 1, new int[] {0}, 1, 1, new float[] {(float) g}, 1);
            double expected = -g / (Math.sqrt((1 - 0.9) * g * g) + epsilon);
            Golden.assertClose(state[0], expected, 1e-4, 0, "one step at gradient " + g);
        }
        assertThatThrownBy(() -> TestSpecs.optimizer("rmsprop", ", epsilon: 1e-25"))
                .hasMessage("optimizer.epsilon: 1.0E-25 (expected: in [1e-15, 1])");
        assertThatThrownBy(() -> new RmsProp(0.9, 1e-25)).hasMessage("epsilon: 1.0E-25 (expected: in [1e-15, 1])");
    }

    /** A decay that a float rounds to 1 would never forget. */
    @Test
    void rmsprop_refuses_a_decay_that_is_1_as_a_float() {
        assertThatThrownBy(() -> TestSpecs.optimizer("rmsprop", ", decay: 0.99999999"))
                .hasMessage("optimizer.decay: 0.99999999 (expected: in [0, 1))");
        assertThatThrownBy(() -> new RmsProp(0.99999999, 1e-8)).hasMessageStartingWith("decay: 0.99999999");
    }
}
