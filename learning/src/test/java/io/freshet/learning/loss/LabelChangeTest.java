package io.freshet.learning.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.TestSpecs;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a correction that is not the difference of the two gradients, or that depends on the prediction. */
class LabelChangeTest {
    private static final int OUTPUTS = 4;

    static Stream<Loss> linear() {
        return TestSpecs.losses().stream().filter(Loss::isLinearInLabel).filter(loss -> loss.labelLength(1) == 1);
    }

    @ParameterizedTest
    @MethodSource("linear")
    void the_change_is_the_difference_of_the_two_gradients_at_every_prediction(Loss loss) {
        if (loss instanceof CategoricalCrossEntropy) {
            return; // its label is a distribution of at least two numbers
        }
        boolean isClass = loss instanceof SparseCategoricalCrossEntropy;
        int outputs = isClass ? OUTPUTS : 1;
        SplittableRandom random = new SplittableRandom(20261201);
        for (int trial = 0; trial < 2000; trial++) {
            float label = label(loss, random);
            float previous = label(loss, random);
            float[] logits = new float[outputs];
            for (int k = 0; k < outputs; k++) {
                logits[k] = (float) random.nextDouble(-8, 8);
            }
            float[] change = new float[outputs];
            loss.evaluateChange(label, previous, change, 0, outputs);
            float[] toLabel = gradient(loss, logits, label);
            float[] toPrevious = gradient(loss, logits, previous);
            for (int k = 0; k < outputs; k++) {
                double scale = Math.max(1, Math.max(Math.abs(toLabel[k]), Math.abs(toPrevious[k])));
                assertThat((double) change[k])
                        .as("%s: %s from %s, logit %s", loss.name(), label, previous, logits[k])
                        .isEqualTo((double) toLabel[k] - toPrevious[k], within(4e-7 * scale));
            }
        }
    }

    @Test
    void a_change_is_exact() {
        assertThat(change(new BinaryCrossEntropy(), 1, 0, 1)).containsExactly(-1);
        assertThat(change(new BinaryCrossEntropy(), 0, 1, 1)).containsExactly(1);
        assertThat(change(new MeanSquaredError(), 5, 2.5f, 1)).containsExactly(-5);
        // 16,777,217 is no float, but twice the difference is.
        assertThat(change(new Poisson(), 16_777_216, 16_777_215, 1)).containsExactly(-2);
        assertThat(change(new SparseCategoricalCrossEntropy(), 2, 0, 3)).containsExactly(1, 0, -1);
        assertThat(change(new SparseCategoricalCrossEntropy(), 1, 1, 3)).containsExactly(0, 0, 0);
    }

    @Test
    void other_losses_refuse() {
        List<Loss> others = TestSpecs.losses().stream()
                .filter(loss -> !loss.isLinearInLabel())
                .toList();
        assertThat(others).isNotEmpty();
        for (Loss loss : others) {
            assertThatThrownBy(() -> loss.evaluateChange(1, 0, new float[1], 0, 1))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("loss: " + loss.name() + " (expected: one that is linear in the label)");
        }
    }

    private static float[] change(Loss loss, float label, float previous, int outputs) {
        float[] gradients = new float[outputs];
        loss.evaluateChange(label, previous, gradients, 0, outputs);
        return gradients;
    }

    private static float label(Loss loss, SplittableRandom random) {
        return switch (loss.task()) {
            case BINARY -> random.nextBoolean() ? random.nextInt(2) : (float) random.nextDouble();
            case MULTICLASS -> random.nextInt(OUTPUTS);
            case NUMBER -> (float) random.nextDouble(0, 10);
            default -> (float) random.nextDouble(-10, 10);
        };
    }

    private static float[] gradient(Loss loss, float[] logits, float label) {
        OutputArrays arrays = new OutputArrays(logits, new float[logits.length], new float[logits.length]);
        loss.evaluate(arrays, 0, logits.length, new float[] {label}, 0);
        return arrays.gradients();
    }
}
