package io.freshet.learning.loss;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.TestSpecs;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Would catch an invalid label that a loss accepts and that would silently corrupt the parameters. */
class LossLabelTest {
    private static final long SEED = 20260401;
    private static final List<Loss> ALL = TestLosses.allWithVariants();

    @ParameterizedTest
    @FieldSource("ALL")
    void accepts_labels_within_the_range(Loss loss) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 500; trial++) {
            int outputs = TestLosses.outputs(loss, random);
            float[] label = TestLosses.label(loss, outputs, random);
            assertThat(loss.labelExpectation(label, outputs))
                    .as("seed %d, trial %d", SEED, trial)
                    .isNull();
        }
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void rejects_nan_and_infinity_at_every_index(Loss loss) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 100; trial++) {
            int outputs = TestLosses.outputs(loss, random);
            float[] label = TestLosses.label(loss, outputs, random);
            for (int k = 0; k < label.length; k++) {
                float before = label[k];
                for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                    label[k] = wrong;
                    assertThat(loss.labelExpectation(label, outputs))
                            .as("seed %d, trial %d, index %d: %s", SEED, trial, k, wrong)
                            .isNotNull();
                }
                label[k] = before;
            }
        }
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void rejects_a_label_of_another_length(Loss loss) {
        int length = loss.labelLength(4);
        assertThat(loss.labelExpectation(new float[0], 4)).isNotNull();
        assertThat(loss.labelExpectation(new float[length + 1], 4)).isNotNull();
        if (loss.task() != Task.SEQUENCE) {
            assertThat(loss.labelExpectation(new float[length - 1], 4)).isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mean-squared-error               | 1 | 1.1e15        | a number of magnitude up to 1e15
            mean-absolute-error              | 2 | 0 -1.1e15     | 2 numbers of magnitude up to 1e15
            huber                            | 1 | 1e30          | a number of magnitude up to 1e15
            quantile                         | 1 | NaN           | a number of magnitude up to 1e15
            poisson                          | 1 | -1            | a count from 0 to 1e15
            poisson                          | 1 | 1e16          | a count from 0 to 1e15
            binary-cross-entropy             | 1 | 1.5           | in [0, 1]
            binary-cross-entropy             | 2 | 0 -0.5        | 2 numbers in [0, 1]
            hinge                            | 1 | 0.5           | 0 or 1
            hinge                            | 1 | -1            | 0 or 1
            hinge                            | 2 | 0 2           | 2 numbers, each 0 or 1
            categorical-cross-entropy        | 3 | 0.5 0.5 0.5   | a distribution: 3 numbers in [0, 1] that sum to 1 within 1e-3
            categorical-cross-entropy        | 3 | 1.5 -0.5 0    | a distribution: 3 numbers in [0, 1] that sum to 1 within 1e-3
            categorical-cross-entropy        | 3 | 0 0 0         | a distribution: 3 numbers in [0, 1] that sum to 1 within 1e-3
            categorical-cross-entropy        | 2 | 0.5 0.502     | a distribution: 2 numbers in [0, 1] that sum to 1 within 1e-3
            categorical-cross-entropy        | 2 | 2             | a distribution: 2 numbers in [0, 1] that sum to 1 within 1e-3
            sparse-categorical-cross-entropy | 3 | 3             | a class, a whole number from 0 to 2
            sparse-categorical-cross-entropy | 3 | -1            | a class, a whole number from 0 to 2
            sparse-categorical-cross-entropy | 3 | 0.5           | a class, a whole number from 0 to 2
            sequence-cross-entropy           | 3 | 0 3           | 1 to 5 classes, whole numbers from 0 to 2
            sequence-cross-entropy           | 3 | 0 1 2 0 1 2   | 1 to 5 classes, whole numbers from 0 to 2
            sequence-cross-entropy           | 3 | 0 NaN 1       | 1 to 5 classes, whole numbers from 0 to 2
            dice                             | 2 | 0 1.25        | 2 numbers in [0, 1]
            iou                              | 2 | -1 1          | 2 numbers in [0, 1]
            box-iou                          | 4 | 3 0 2 1       | a box (x1, y1, x2, y2) of finite numbers, x1 <= x2 and y1 <= y2
            box-iou                          | 4 | 0 0 Infinity 1| a box (x1, y1, x2, y2) of finite numbers, x1 <= x2 and y1 <= y2
            generalized-box-iou              | 4 | 0 3 1 2       | a box (x1, y1, x2, y2) of finite numbers, x1 <= x2 and y1 <= y2
            """)
    void returns_what_was_expected(String name, int outputs, String label, String expected) {
        assertThat(TestSpecs.loss(name).labelExpectation(numbers(label), outputs))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            mean-squared-error        | 1 | -1e15
            poisson                   | 1 | 0
            poisson                   | 1 | 2.5
            categorical-cross-entropy | 3 | 0.333 0.333 0.333
            categorical-cross-entropy | 3 | 0 1 0
            sequence-cross-entropy    | 3 | 2
            sequence-cross-entropy    | 3 | 0 1 2 1 0
            dice                      | 3 | 0 0 0
            box-iou                   | 4 | 1 1 1 1
            """)
    void accepts_labels_at_the_limits(String name, int outputs, String label) {
        assertThat(TestSpecs.loss(name).labelExpectation(numbers(label), outputs))
                .isNull();
    }

    private static float[] numbers(String text) {
        String[] words = text.split(" ");
        float[] numbers = new float[words.length];
        for (int i = 0; i < words.length; i++) {
            numbers[i] = Float.parseFloat(words[i]);
        }
        return numbers;
    }
}
