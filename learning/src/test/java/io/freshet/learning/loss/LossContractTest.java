package io.freshet.learning.loss;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.Golden;
import io.freshet.learning.RandomSamples;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What every loss of the table must hold; a new loss is in the table or this fails. */
class LossContractTest {
    private static final long SEED = 20260103;
    private static final List<Loss> ALL = TestSpecs.losses();

    @Test
    void the_table_has_every_loss_there_is() {
        assertThat(ALL.stream().map(Object::getClass)).containsExactlyInAnyOrder(Loss.class.getPermittedSubclasses());
        assertThat(ALL.stream().map(Loss::name)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void finite_logits_give_finite_numbers_and_are_not_changed(Loss loss) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 2000; trial++) {
            int outputs = outputs(loss, random);
            float[] logits = new float[outputs];
            for (int j = 0; j < outputs; j++) {
                logits[j] = trial % 3 == 0 ? (random.nextBoolean() ? 1e4f : -1e4f) : (float) random.nextDouble(-50, 50);
            }
            float[] before = logits.clone();
            float[] label = RandomSamples.label(loss, outputs, random);
            float[] prediction = new float[outputs];
            float[] gradient = new float[outputs];

            double value = loss.evaluate(logits, 0, outputs, label, 0, prediction, gradient);

            String what = "seed " + SEED + ", trial " + trial + ": " + Arrays.toString(before) + ", label "
                    + Arrays.toString(label);
            assertThat(value).as(what).isFinite().isGreaterThanOrEqualTo(0);
            for (int j = 0; j < outputs; j++) {
                assertThat(prediction[j]).as(what).isFinite();
                assertThat(gradient[j]).as(what).isFinite();
            }
            assertThat(logits).as(what).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void predicts_the_same_bits_as_it_evaluates(Loss loss) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 2000; trial++) {
            int outputs = outputs(loss, random);
            float[] logits = logits(outputs, random, 20);
            float[] evaluated = new float[outputs];
            loss.evaluate(
                    logits, 0, outputs, RandomSamples.label(loss, outputs, random), 0, evaluated, new float[outputs]);
            float[] predicted = new float[outputs];
            loss.predict(logits, 0, outputs, predicted);
            assertThat(predicted).as("seed %d, trial %d", SEED, trial).isEqualTo(evaluated);
        }
    }

    /** Two step sizes, so that the error of the differences falls with the fourth power of the step. */
    @ParameterizedTest
    @FieldSource("ALL")
    void gradient_is_that_of_central_differences(Loss loss) {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 500; trial++) {
            int outputs = outputs(loss, random);
            float[] logits = new float[outputs];
            for (int j = 0; j < outputs; j++) {
                logits[j] = random.nextInt(-4096, 4097) / 1024f;
            }
            float[] label = RandomSamples.label(loss, outputs, random);
            float[] gradient = new float[outputs];
            loss.evaluate(logits, 0, outputs, label, 0, new float[outputs], gradient);
            for (int j = 0; j < outputs; j++) {
                double coarse = difference(loss, logits, j, label, 0x1p-6f);
                double fine = difference(loss, logits, j, label, 0x1p-7f);
                String what = "seed " + SEED + ", trial " + trial + ", gradient " + j;
                Golden.assertClose(gradient[j], (4 * fine - coarse) / 3, 1e-4, 1e-9, what);
            }
        }
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void refuses_labels_that_are_no_numbers(Loss loss) {
        int outputs = TestSpecs.outputs(loss);
        for (float number : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            float[] label = new float[loss.labelLength(outputs)];
            Arrays.fill(label, number);
            assertThat(loss.labelExpectation(label, outputs))
                    .as("label " + number)
                    .isNotNull();
        }
        SplittableRandom random = new SplittableRandom(SEED);
        for (int trial = 0; trial < 100; trial++) {
            float[] label = RandomSamples.label(loss, outputs, random);
            assertThat(loss.labelExpectation(label, outputs))
                    .as("label " + Arrays.toString(label))
                    .isNull();
        }
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void goes_through_yaml(Loss loss) {
        ModelSpec spec = TestSpecs.of(loss, TestSpecs.outputs(loss), "sgd", 1);
        assertThat(spec.loss()).isEqualTo(loss);
        assertThat(ModelSpec.parse(spec.toYaml())).isEqualTo(spec);
    }

    private static double difference(Loss loss, float[] logits, int j, float[] label, float h) {
        return (valueAt(loss, logits, j, h, label) - valueAt(loss, logits, j, -h, label)) / (2.0 * h);
    }

    private static double valueAt(Loss loss, float[] logits, int j, float shift, float[] label) {
        float[] shifted = logits.clone();
        shifted[j] += shift;
        return loss.evaluate(shifted, 0, logits.length, label, 0, new float[logits.length], new float[logits.length]);
    }

    private static int outputs(Loss loss, SplittableRandom random) {
        return random.nextInt(loss.minimumOutputs(), Math.min(loss.maximumOutputs(), 12) + 1);
    }

    private static float[] logits(int outputs, SplittableRandom random, double range) {
        float[] logits = new float[outputs];
        for (int j = 0; j < outputs; j++) {
            logits[j] = (float) random.nextDouble(-range, range);
        }
        return logits;
    }
}
