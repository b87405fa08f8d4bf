package io.freshet.learning.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.TestSpecs;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.model.Weights;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch scratch space that grows with the widest sample, and a wide sample that is learned otherwise than a narrow one. */
class SampleStepTest {
    private static final long SEED = 20261203;
    private static final int ENTRIES = 40;
    private static final int ROWS = 60;

    static Stream<Arguments> steps() {
        return Stream.of(new NormalizedAdaGrad(), new ScaleFree())
                .flatMap(optimizer -> Stream.of(
                                "binary-cross-entropy",
                                "mean-squared-error",
                                "poisson",
                                "categorical-cross-entropy",
                                "sparse-categorical-cross-entropy")
                        .map(loss -> Arguments.of(optimizer, TestSpecs.loss(loss))));
    }

    @ParameterizedTest
    @MethodSource("steps")
    void entries_without_room_are_learned_with_the_same_bits(LookAhead optimizer, Loss loss) {
        int outputs = loss.labelLength(5) == 1 && !loss.name().startsWith("sparse") ? 1 : 5;
        Weights expected = learn(optimizer, loss, outputs, ENTRIES * outputs);
        assertThat(expected.array()).doesNotContain(Float.NaN);
        for (int room : new int[] {0, 1, ENTRIES * outputs / 2, ENTRIES * outputs - 1}) {
            assertThat(learn(optimizer, loss, outputs, room).array())
                    .as("room for %d, seed %d", room, SEED)
                    .isEqualTo(expected.array());
        }
    }

    private static Weights learn(LookAhead optimizer, Loss loss, int outputs, int room) {
        Weights weights = Weights.zero(new StateLayout(ROWS * outputs, outputs, optimizer.slots(), true));
        double[] memory = optimizer.memory();
        SampleStep step = new SampleStep(loss, outputs, 0.5, optimizer.numbersPerEntry(), room);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int t = 1; t <= 200; t++) {
            int[] rows = random.ints(0, ROWS).distinct().limit(ENTRIES).toArray();
            float[] values = new float[ENTRIES];
            for (int i = 0; i < ENTRIES; i++) {
                values[i] = i == 0 ? 1 : random.nextInt(9) == 0 ? 0 : (float) random.nextDouble(-3, 3);
            }
            float[] label = new float[loss.labelLength(outputs)];
            label[random.nextInt(label.length)] = label.length == 1 && outputs > 1 ? random.nextInt(outputs) : t % 2;
            step.reserve(ENTRIES);
            step.start(label, 0, t % 3 == 0 ? 2.5f : 1, t);
            step.add(rows, values, 0, ENTRIES);
            step.predict(weights);
            optimizer.learn(weights, memory, step);
        }
        return weights;
    }

    @Test
    void a_wide_sample_with_many_outputs_takes_no_more_than_the_limit() {
        SampleStep step = new SampleStep(TestSpecs.loss("sparse-categorical-cross-entropy"), 1_000, 0.5, 2);
        step.reserve(100_000);
        assertThat(step.rows.length).isEqualTo(100_000);
        assertThat(step.first.length).isEqualTo(SampleStep.MAXIMUM_KEPT);
        assertThat(step.second.length).isEqualTo(SampleStep.MAXIMUM_KEPT);
    }
}
