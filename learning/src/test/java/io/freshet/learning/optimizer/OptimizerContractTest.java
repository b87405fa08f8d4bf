package io.freshet.learning.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.FlatWeights;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.model.Weights;
import io.freshet.learning.spec.OptimizerTable;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The contract of every optimizer; fails if one is missing from the table. */
class OptimizerContractTest {
    private static final long SEED = 20260104;
    private static final List<Optimizer> ALL = OptimizerTable.ALL.names().stream()
            .map(name -> TestSpecs.optimizer(name, ""))
            .toList();

    /** The optimizers that step by a gradient; FTRL also with penalties. */
    static final List<Optimizer> STEPPING = Stream.concat(ALL.stream(), Stream.of(Optimizer.ftrl(0.5, 0.25)))
            .filter(optimizer -> !optimizer.needsObjective() && !optimizer.looksAhead())
            .toList();

    @Test
    void the_table_has_every_optimizer() {
        assertThat(ALL.stream().map(Object::getClass))
                .containsExactlyInAnyOrderElementsOf(records(Optimizer.class).toList());
        assertThat(ALL.stream().map(Optimizer::name)).containsExactlyElementsOf(OptimizerTable.ALL.names());
    }

    private static Stream<Class<?>> records(Class<?> sealed) {
        return Stream.of(sealed.getPermittedSubclasses())
                .flatMap(each -> each.isSealed() ? records(each) : Stream.of(each));
    }

    @ParameterizedTest
    @FieldSource("STEPPING")
    void the_largest_gradients_that_a_learner_accepts_give_finite_numbers(Optimizer optimizer) {
        SplittableRandom random = new SplittableRandom(SEED);
        int n = 600;
        Weights byTile = Weights.zero(new StateLayout(n, n, optimizer.slots(), true));
        Weights scattered = Weights.zero(new StateLayout(n, 1, optimizer.slots(), true));
        Weights inPlace = Weights.zero(new StateLayout(n, 1, optimizer.slots(), false));
        Weights first = Weights.zero(new StateLayout(n, 1, optimizer.slots(), false));
        int[] rows = StepRows.all(n);
        float[] extremes = {0, -0f, 0x1p60f, -0x1p60f, 0x1p-60f, -0x1p-100f, Float.MIN_VALUE, 1, -1};
        for (int t = 1; t <= 2000; t++) {
            float[] gradient = new float[n];
            for (int c = 0; c < n; c++) {
                gradient[c] = extremes[random.nextInt(extremes.length)];
            }
            float[] before = gradient.clone();
            Step step = StepRows.start(optimizer, 0.1f, t);
            optimizer.stepRange(byTile, 0, n, gradient, 0, step);
            optimizer.stepRows(scattered, rows, 0, n, gradient, step);
            optimizer.stepFirst(first, rows, n, gradient, step);
            optimizer.stepRange(inPlace, 0, n, gradient, 0, step);
            assertThat(gradient).as("the given gradient").isEqualTo(before);
            float[] numbers = FlatWeights.of(inPlace);
            assertThat(FlatWeights.of(scattered.convert(inPlace.layout())))
                    .as("seed %d, step %d", SEED, t)
                    .isEqualTo(numbers);
            assertThat(byTile.array()).as("seed %d, step %d", SEED, t).isEqualTo(numbers);
            assertThat(FlatWeights.of(first)).as("seed %d, step %d", SEED, t).isEqualTo(numbers);
            for (float number : numbers) {
                assertThat(number).as("seed %d, step %d", SEED, t).isFinite();
            }
        }
    }

    /** Bias corrections and the rate would be 0, so that nothing is learned. */
    @ParameterizedTest
    @FieldSource("STEPPING")
    void a_step_that_was_not_started_is_refused(Optimizer optimizer) {
        Weights weights = Weights.zero(new StateLayout(1, 1, optimizer.slots(), true));
        float[] gradient = {1};
        Step step = new Step(optimizer);
        assertThatThrownBy(() -> optimizer.stepRange(weights, 0, 1, gradient, 0, step))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("step: not started (expected: start(learningRate, number) before each update)");
        assertThatThrownBy(() -> optimizer.stepRows(weights, new int[1], 0, 1, gradient, step))
                .isInstanceOf(IllegalStateException.class);
        assertThat(weights.array()).as("state").containsOnly(0);
    }

    @ParameterizedTest
    @FieldSource("STEPPING")
    void untouched_rows_keep_their_bits(Optimizer optimizer) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 200; trial++) {
            int width = random.nextInt(1, 5);
            int rows = random.nextInt(1, 20);
            int n = rows * width;
            float[][] state = new float[1 + optimizer.slots()][n];
            for (float[] array : state) {
                for (int c = 0; c < n; c++) {
                    array[c] = (float) random.nextDouble(0.01, 4);
                }
            }
            float[][] before = Arrays.stream(state).map(float[]::clone).toArray(float[][]::new);
            int[] touched =
                    random.ints(rows, 0, rows).distinct().limit(rows / 2).toArray();
            float[] gradient = new float[touched.length * width];
            Arrays.fill(gradient, 0.75f);

            StepRows.step(optimizer, Weights.bySlot(width, state), touched, gradient, 0.1f);

            for (int c = 0; c < n; c++) {
                int row = c / width;
                boolean given = Arrays.stream(touched).anyMatch(r -> r == row);
                String at = "seed %d, trial %d, number %d".formatted(SEED, trial, c);
                for (int which = 0; which < state.length && !given; which++) {
                    assertThat(state[which][c]).as(at).isEqualTo(before[which][c]);
                }
                if (given) {
                    assertThat(state[0][c]).as("against the gradient").isLessThan(before[0][c]);
                }
            }
        }
    }

    /** Rows of a sparse update do not depend on their order or on each other. */
    @ParameterizedTest
    @FieldSource("STEPPING")
    void rows_in_any_order_give_the_same_bits(Optimizer optimizer) {
        int n = 6;
        float[][] forth = new float[1 + optimizer.slots()][n];
        float[][] back = new float[1 + optimizer.slots()][n];
        SplittableRandom random = new SplittableRandom(SEED);
        for (int step = 0; step < 100; step++) {
            float a = (float) random.nextDouble(-1, 1);
            float b = (float) random.nextDouble(-1, 1);
            StepRows.step(optimizer, Weights.bySlot(1, forth), new int[] {1, 4}, new float[] {a, b}, 0.1f);
            StepRows.step(optimizer, Weights.bySlot(1, back), new int[] {4, 1}, new float[] {b, a}, 0.1f);
        }
        assertThat(back).isDeepEqualTo(forth);
    }

    /**
     * Contiguous coordinates are stepped in place or in tiles; scattered ones in one array or several.
     */
    @ParameterizedTest
    @FieldSource("STEPPING")
    void every_layout_gives_the_same_bits(Optimizer optimizer) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int n : new int[] {1, 3, 47, 48, 511, 512, 513, 1301}) {
            StateLayout bySlot = new StateLayout(n, 1, optimizer.slots(), false);
            StateLayout byRow = new StateLayout(n, 1, optimizer.slots(), true);
            Weights inPlace = Weights.zero(bySlot);
            Weights byTile = Weights.zero(bySlot);
            Weights severalArrays = Weights.zero(bySlot);
            Weights inOneArray = Weights.zero(new StateLayout(n, n, optimizer.slots(), true));
            Weights scattered = Weights.zero(byRow);
            int[] rows = StepRows.all(n);
            for (int t = 1; t <= 30; t++) {
                float[] gradient = new float[n + 2];
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] = (float) (random.nextInt(5) == 0 ? 0 : random.nextDouble(-1, 1));
                }
                float[] same = Arrays.copyOfRange(gradient, 2, n + 2);
                Step step = StepRows.start(optimizer, 0.1f / t, t);
                optimizer.stepRange(inPlace, 0, n, same, 0, step);
                optimizer.stepRange(byTile, 0, n, gradient, 2, step);
                optimizer.stepRows(severalArrays, rows, 0, n, same, step);
                optimizer.stepRange(inOneArray, 0, n, gradient, 2, step);
                optimizer.stepRows(scattered, rows, 0, n, same, step);
                String at = "seed %d, n %d, step %d".formatted(SEED, n, t);
                assertThat(byTile).as(at).isEqualTo(inPlace);
                assertThat(severalArrays).as(at).isEqualTo(inPlace);
                assertThat(inOneArray.convert(bySlot)).as(at).isEqualTo(inPlace);
                assertThat(scattered.convert(bySlot)).as(at).isEqualTo(inPlace);
            }
        }
    }

    /** Wide rows are stepped one by one; narrow rows are scattered coordinates by row, and copied in tiles by slot. */
    @ParameterizedTest
    @FieldSource("STEPPING")
    void rows_of_any_width_give_the_same_bits_by_slot_and_by_row(Optimizer optimizer) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int width : new int[] {1, 3, 47, 48, 60}) {
            int rows = 40;
            StateLayout layout = new StateLayout(rows * width, width, optimizer.slots(), true);
            Weights byRow = Weights.zero(layout);
            Weights bySlot = byRow.convert(layout.bySlot());
            for (int t = 1; t <= 30; t++) {
                int[] touched = random.ints(20, 0, rows).distinct().toArray();
                float[] gradient = new float[touched.length * width];
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] = (float) random.nextDouble(-1, 1);
                }
                Step step = StepRows.start(optimizer, 0.1f / t, t);
                optimizer.stepRows(byRow, touched, 0, touched.length, gradient, step);
                optimizer.stepRows(bySlot, touched, 0, touched.length, gradient, step);
                assertThat(bySlot.convert(layout))
                        .as("seed %d, width %d, step %d", SEED, width, t)
                        .isEqualTo(byRow);
            }
        }
    }

    @ParameterizedTest
    @FieldSource("STEPPING")
    void a_step_does_not_change_the_coordinates_around_it(Optimizer optimizer) {
        int n = 20;
        float[] gradient = new float[n];
        Arrays.fill(gradient, 1);
        Step step = StepRows.start(optimizer, 0.1f, 1);
        Weights weights = Weights.zero(new StateLayout(n, 2, optimizer.slots(), false));
        optimizer.stepRange(weights, 5, 10, gradient, 5, step);
        optimizer.stepRows(weights, new int[] {9}, 0, 1, gradient, step);
        for (float[] array : weights.arrays()) {
            assertThat(Arrays.copyOfRange(array, 0, 5)).containsOnly(0);
            assertThat(Arrays.copyOfRange(array, 5, 15)).doesNotContain(0);
            assertThat(Arrays.copyOfRange(array, 15, 18)).containsOnly(0);
            assertThat(Arrays.copyOfRange(array, 18, 20)).doesNotContain(0);
        }
    }

    /** A learner keeps the gradient of one sample as its features and a factor. */
    @ParameterizedTest
    @FieldSource("STEPPING")
    void a_factor_gives_the_same_bits_as_the_multiplied_gradient(Optimizer optimizer) {
        SplittableRandom random = new SplittableRandom(SEED);
        int n = 40;
        Weights scattered = Weights.zero(new StateLayout(n, 1, optimizer.slots(), true));
        float[] start = new float[n];
        Arrays.fill(start, -0f);
        scattered.set(start);
        Weights multiplied = scattered.copy();
        for (int t = 1; t <= 100; t++) {
            float factor = random.nextInt(4) == 0 ? -0f : (float) random.nextDouble(-1, 1);
            int from = random.nextInt(n);
            int to = random.nextInt(from, n + 1);
            float[] terms = new float[n];
            float[] gradient = new float[to - from];
            for (int i = 0; i < n; i++) {
                terms[i] = random.nextInt(4) == 0 ? 0 : (float) random.nextDouble(-2, 2);
                if (i >= from && i < to) {
                    gradient[i - from] += factor * terms[i];
                }
            }
            int[] rows = StepRows.all(n);
            Step step = StepRows.start(optimizer, 0.1f, t);
            step.scale(factor);
            optimizer.stepRows(scattered, rows, from, to, terms, step);
            int[] given = Arrays.copyOfRange(rows, from, to);
            step.scale(1);
            optimizer.stepRows(multiplied, given, 0, to - from, gradient, step);
            assertThat(scattered.array()).as("seed %d, step %d", SEED, t).containsExactly(multiplied.array());
        }
    }

    /** A schedule may end at 0. */
    @ParameterizedTest
    @FieldSource("STEPPING")
    void a_rate_of_0_gives_finite_numbers(Optimizer optimizer) {
        Weights weights = Weights.zero(new StateLayout(2, 2, optimizer.slots(), true));
        for (int t = 1; t <= 20; t++) {
            Step step = StepRows.start(optimizer, t > 10 ? 0 : 0.1f, t);
            optimizer.stepRange(weights, 0, 2, new float[] {1, -0.5f}, 0, step);
            for (float number : weights.array()) {
                assertThat(number).as("step %d", t).isFinite();
            }
        }
    }
}
