package io.freshet.learning.loss;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Would catch three cross-entropies that differ for the same class: in a bit, in the sign of zero, or by padding. */
class CrossEntropyTest {
    private static final long SEED = 20260402;

    @Test
    void a_one_hot_label_equals_a_class_to_the_bit() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 5000; trial++) {
            int outputs = random.nextInt(2, 12);
            float[] logits = logits(outputs, random);
            int target = random.nextInt(outputs);
            assertSame(
                    new Evaluation(new CategoricalCrossEntropy(), logits, outputs, TestLosses.oneHot(target, outputs)),
                    new Evaluation(new SparseCategoricalCrossEntropy(), logits, outputs, target),
                    trial);
        }
    }

    @Test
    void a_sequence_of_one_step_equals_a_class_to_the_bit() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 5000; trial++) {
            int outputs = random.nextInt(2, 12);
            float[] logits = logits(outputs, random);
            int target = random.nextInt(outputs);
            assertSame(
                    new Evaluation(new SequenceCrossEntropy(1), logits, outputs, target),
                    new Evaluation(new SparseCategoricalCrossEntropy(), logits, outputs, target),
                    trial);
        }
    }

    @Test
    void ignores_logits_after_the_end_of_a_sequence() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 500; trial++) {
            int outputs = random.nextInt(2, 6);
            int length = random.nextInt(1, 5);
            float[] label = new float[5];
            Arrays.fill(label, Float.NaN);
            for (int t = 0; t < length; t++) {
                label[t] = random.nextInt(outputs);
            }
            float[] logits = logits(5 * outputs, random);
            Evaluation padded = new Evaluation(new SequenceCrossEntropy(5), logits, outputs, label);
            Evaluation alone = new Evaluation(
                    new SequenceCrossEntropy(length),
                    Arrays.copyOf(logits, length * outputs),
                    outputs,
                    Arrays.copyOf(label, length));
            assertThat(padded.value).as("seed %d, trial %d", SEED, trial).isEqualTo(alone.value);
            assertThat(padded.gradient)
                    .as("seed %d, trial %d", SEED, trial)
                    .isEqualTo(Arrays.copyOf(alone.gradient, 5 * outputs));
        }
    }

    @Test
    void is_accurate_where_the_prediction_is_close_to_the_label() {
        Evaluation evaluation =
                new Evaluation(new CategoricalCrossEntropy(), new float[] {30, 0, 0}, 3, new float[] {1, 0, 0});
        double rest = 2 * Math.exp(-30);
        assertThat(-evaluation.gradient[0] / rest).isBetween(1 - 1e-6, 1 + 1e-6);
    }

    private static void assertSame(Evaluation actual, Evaluation expected, int trial) {
        String what = "seed " + SEED + ", trial " + trial + ": " + Arrays.toString(expected.logits);
        assertThat(actual.value).as(what).isEqualTo(expected.value);
        assertThat(bits(actual.gradient)).as(what).isEqualTo(bits(expected.gradient));
        assertThat(bits(actual.prediction)).as(what).isEqualTo(bits(expected.prediction));
    }

    private static int[] bits(float[] numbers) {
        int[] bits = new int[numbers.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(numbers[i]);
        }
        return bits;
    }

    private static float[] logits(int count, SplittableRandom random) {
        double range = new double[] {1, 30, 300, 1e4}[random.nextInt(4)];
        float[] logits = new float[count];
        for (int j = 0; j < count; j++) {
            logits[j] = (float) random.nextDouble(-range, range);
        }
        return logits;
    }

    private static final class Evaluation {
        final float[] logits;
        final float[] prediction;
        final float[] gradient;
        final double value;

        Evaluation(Loss loss, float[] logits, int outputs, float... label) {
            this.logits = logits;
            prediction = new float[logits.length];
            gradient = new float[logits.length];
            value = loss.evaluate(new OutputArrays(logits, prediction, gradient), 0, outputs, label, 0);
        }
    }
}
