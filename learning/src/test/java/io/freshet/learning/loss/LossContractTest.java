package io.freshet.learning.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.Golden;
import io.freshet.learning.TestSpecs;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The contract of every loss; fails if one is missing from the table. */
class LossContractTest {
    private static final long SEED = 20260103;
    private static final List<Loss> ALL = TestLosses.allWithVariants();

    @Test
    void the_table_has_every_loss() {
        List<Loss> table = TestSpecs.losses();
        assertThat(table.stream().<Class<?>>map(Object::getClass))
                .containsExactlyInAnyOrderElementsOf(records(Loss.class).toList());
        assertThat(table.stream().map(Loss::name)).doesNotHaveDuplicates();
    }

    private static Stream<Class<?>> records(Class<?> type) {
        return type.isSealed()
                ? Stream.of(type.getPermittedSubclasses()).flatMap(LossContractTest::records)
                : Stream.of(type);
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void finite_logits_give_finite_numbers_and_inputs_do_not_change(Loss loss) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 2000; trial++) {
            int outputs = TestLosses.outputs(loss, random);
            float[] logits = new float[loss.logitCount(outputs)];
            for (int j = 0; j < logits.length; j++) {
                logits[j] = trial % 3 == 0 ? (random.nextBoolean() ? 1e4f : -1e4f) : (float) random.nextDouble(-50, 50);
            }
            float[] label = TestLosses.padded(loss, outputs, random);
            if (loss.task().isNumber() && trial % 5 == 0) {
                label[0] = 1e15f;
            }
            float[] logitsBefore = logits.clone();
            float[] labelBefore = label.clone();
            float[] prediction = new float[logits.length];
            float[] gradient = new float[logits.length];

            double value = loss.evaluate(new OutputArrays(logits, prediction, gradient), 0, outputs, label, 0);

            String what = "seed " + SEED + ", trial " + trial + ": " + Arrays.toString(logitsBefore) + ", label "
                    + Arrays.toString(label);
            assertThat(value).as(what).isFinite().isGreaterThanOrEqualTo(0);
            for (int j = 0; j < logits.length; j++) {
                assertThat(prediction[j]).as(what).isFinite();
                assertThat(gradient[j]).as(what).isFinite();
            }
            assertThat(logits).as(what).isEqualTo(logitsBefore);
            assertThat(label).as(what).isEqualTo(labelBefore);
        }
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void predicts_the_same_bits_as_it_evaluates(Loss loss) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 2000; trial++) {
            int outputs = TestLosses.outputs(loss, random);
            float[] logits = logits(loss.logitCount(outputs), random, 20);
            float[] label = TestLosses.padded(loss, outputs, random);
            float[] evaluated = new float[logits.length];
            loss.evaluate(new OutputArrays(logits, evaluated, new float[logits.length]), 0, outputs, label, 0);
            float[] predicted = new float[logits.length];
            loss.predict(logits, 0, outputs, predicted);
            assertThat(predicted).as("seed %d, trial %d", SEED, trial).isEqualTo(evaluated);
        }
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void the_logits_of_a_prediction_predict_it(Loss loss) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 500; trial++) {
            int outputs = TestLosses.outputs(loss, random);
            int count = loss.logitCount(outputs);
            float[] label = TestLosses.padded(loss, outputs, random);
            float[] logits = logits(count, random, trial % 2 == 0 ? 5 : 80);
            float[] prediction = new float[count];
            double value = loss.evaluate(new OutputArrays(logits, prediction, new float[count]), 0, outputs, label, 0);

            float[] inverted = new float[count + 3];
            boolean valid = loss.invert(amid(prediction, 3), 3, outputs, inverted);

            float[] predicted = new float[count + 3];
            double again =
                    loss.evaluate(new OutputArrays(inverted, predicted, new float[count + 3]), 3, outputs, label, 0);
            String what = "seed " + SEED + ", trial " + trial + ": " + Arrays.toString(prediction);
            assertThat(valid).as(what).isTrue();
            for (int j = 0; j < count; j++) {
                assertThat(predicted[3 + j])
                        .as(what)
                        .isCloseTo(prediction[j], within(1e-5f * Math.max(1e-30f, Math.abs(prediction[j])) + 1e-44f));
            }
            assertThat(again).as(what).isFinite().isGreaterThanOrEqualTo(0);
            if (trial % 2 == 0) {
                assertThat(again).as(what).isCloseTo(value, within(1e-4 * (1 + value)));
            }
        }
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void numbers_that_are_not_a_prediction_have_no_logits(Loss loss) {
        SplittableRandom random = new SplittableRandom(SEED);
        int outputs = TestLosses.outputs(loss, random);
        boolean range = !loss.task().isNumber() && loss.task() != Task.MARGIN && loss.task() != Task.BOX;
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0.5f, 1.5f}) {
            float[] prediction = new float[loss.logitCount(outputs)];
            loss.predict(logits(prediction.length, random, 2), 0, outputs, prediction);
            prediction[prediction.length - 1] = wrong;
            boolean valid = loss.invert(prediction, 0, outputs, new float[prediction.length]);
            boolean negativeMean = loss instanceof Poisson && wrong < 0;
            assertThat(valid).as("%f", wrong).isEqualTo(!range && !negativeMean && Float.isFinite(wrong));
        }
    }

    /** The mean over both labels, or over all classes, weighted as predicted. */
    @ParameterizedTest
    @FieldSource("ALL")
    void the_expected_loss_is_the_mean_over_the_predicted_labels(Loss loss) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 200; trial++) {
            int outputs = loss.task() == Task.BINARY ? 1 : TestLosses.outputs(loss, random);
            float[] logits = logits(loss.logitCount(outputs), random, 8);
            float[] prediction = new float[logits.length];
            loss.predict(logits, 0, outputs, prediction);
            double expected = loss.expected(prediction, 0, outputs);
            if (loss.task() != Task.BINARY && loss.task() != Task.MULTICLASS) {
                assertThat(expected).isNaN();
                continue;
            }
            OutputArrays arrays = new OutputArrays(logits, new float[logits.length], new float[logits.length]);
            double mean = 0;
            if (loss.task() == Task.BINARY) {
                mean = prediction[0] * loss.evaluate(arrays, 0, 1, new float[] {1}, 0)
                        + (1.0 - prediction[0]) * loss.evaluate(arrays, 0, 1, new float[] {0}, 0);
            } else {
                for (int c = 0; c < outputs; c++) {
                    float[] label = {c};
                    if (loss instanceof CategoricalCrossEntropy) {
                        label = new float[outputs];
                        label[c] = 1;
                    }
                    mean += prediction[c] * loss.evaluate(arrays, 0, outputs, label, 0);
                }
            }
            assertThat(expected).as("seed %d, trial %d", SEED, trial).isCloseTo(mean, within(1e-5));
        }
        assertThat(TestLosses.read("binary-cross-entropy").expected(new float[] {0, 1}, 0, 2))
                .isZero();
    }

    @Test
    void a_certain_prediction_has_a_finite_loss() {
        Loss loss = TestLosses.read("binary-cross-entropy");
        float[] logits = new float[2];
        assertThat(loss.invert(new float[] {0, 1}, 0, 2, logits)).isTrue();
        assertThat(logits[0]).isCloseTo(-103.972f, within(0.001f));
        assertThat(logits[1]).isCloseTo(17.3287f, within(0.001f));
        float[] prediction = new float[2];
        loss.predict(logits, 0, 2, prediction);
        assertThat(prediction[0]).isLessThanOrEqualTo(Float.MIN_VALUE);
        assertThat(prediction[1]).isEqualTo(1);
    }

    /** Surrounds the sample and fills its outputs with numbers that would show if they were read or left. */
    @ParameterizedTest
    @FieldSource("ALL")
    void a_sample_inside_a_batch_has_the_same_bits_as_alone(Loss loss) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 500; trial++) {
            int outputs = TestLosses.outputs(loss, random);
            int count = loss.logitCount(outputs);
            float[] logits = logits(count, random, 20);
            float[] label = TestLosses.padded(loss, outputs, random);
            float[] prediction = new float[count];
            float[] gradient = new float[count];
            double value = loss.evaluate(new OutputArrays(logits, prediction, gradient), 0, outputs, label, 0);

            int at = random.nextInt(1, 20);
            int labelAt = random.nextInt(1, 20);
            float[] predictions = amid(used(count), at);
            float[] gradients = amid(used(count), at);
            double amid = loss.evaluate(
                    new OutputArrays(amid(logits, at), predictions, gradients),
                    at,
                    outputs,
                    amid(label, labelAt),
                    labelAt);

            String what = "seed " + SEED + ", trial " + trial;
            assertThat(amid).as(what).isEqualTo(value);
            assertThat(predictions).as(what).isEqualTo(amid(prediction, at));
            assertThat(gradients).as(what).isEqualTo(amid(gradient, at));
            float[] predicted = amid(used(count), at);
            loss.predict(amid(logits, at), at, outputs, predicted);
            assertThat(predicted).as(what).isEqualTo(amid(prediction, at));
        }
    }

    /**
     * Uses two step sizes, so that the error falls with the fourth power of the step. Labels, margins and deltas are on
     * a grid, and corners of a prediction on two others, all further apart than a step, so no kink is within reach.
     */
    @ParameterizedTest
    @FieldSource("ALL")
    void gradient_equals_central_differences(Loss loss) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 500; trial++) {
            int outputs = TestLosses.outputs(loss, random);
            float[] logits = new float[loss.logitCount(outputs)];
            for (int j = 0; j < logits.length; j++) {
                logits[j] = random.nextInt(-64, 64) / 16f + (j % 4 < 2 ? 2 : 5) / 128f;
            }
            float[] label = TestLosses.padded(loss, outputs, random);
            float[] gradient = new float[logits.length];
            loss.evaluate(new OutputArrays(logits, new float[logits.length], gradient), 0, outputs, label, 0);
            for (int j = 0; j < logits.length; j++) {
                double coarse = difference(loss, logits, outputs, j, label, 0x1p-7f);
                double fine = difference(loss, logits, outputs, j, label, 0x1p-8f);
                String what = "seed " + SEED + ", trial " + trial + ", gradient " + j;
                Golden.assertClose(gradient[j], (4 * fine - coarse) / 3, 1e-4, 1e-9, what);
            }
        }
    }

    private static double difference(Loss loss, float[] logits, int outputs, int j, float[] label, float h) {
        return (valueAt(loss, logits, outputs, j, h, label) - valueAt(loss, logits, outputs, j, -h, label)) / (2.0 * h);
    }

    private static double valueAt(Loss loss, float[] logits, int outputs, int j, float shift, float[] label) {
        float[] shifted = logits.clone();
        shifted[j] += shift;
        return loss.evaluate(
                new OutputArrays(shifted, new float[logits.length], new float[logits.length]), 0, outputs, label, 0);
    }

    private static float[] used(int count) {
        float[] numbers = new float[count];
        Arrays.fill(numbers, 54321);
        return numbers;
    }

    private static float[] amid(float[] numbers, int at) {
        float[] all = new float[at + numbers.length + 7];
        Arrays.fill(all, 12345);
        System.arraycopy(numbers, 0, all, at, numbers.length);
        return all;
    }

    private static float[] logits(int count, SplittableRandom random, double range) {
        float[] logits = new float[count];
        for (int j = 0; j < count; j++) {
            logits[j] = (float) random.nextDouble(-range, range);
        }
        return logits;
    }
}
