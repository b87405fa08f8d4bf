package io.freshet.learning.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Sample;
import io.freshet.learning.spec.ModelSpec;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch an absurd label or value whose square stays in a sum, so that the model hardly learns ever after. */
class OutlierTest {
    private static final long SEED = 20261204;
    private static final int FEATURES = 3;
    private static final int FIRST = 200;
    private static final int SAMPLES = 3000;

    @ParameterizedTest
    @CsvSource({
        "scale-free, mean-squared-error, 1",
        "scale-free, mean-squared-error, 2",
        "scale-free, huber, 1",
        "scale-free, poisson, 1",
        "scale-free, poisson, 2",
        "normalized-adagrad, mean-squared-error, 1",
        "normalized-adagrad, mean-squared-error, 2",
        "normalized-adagrad, poisson, 1",
        "normalized-adagrad, poisson, 2"
    })
    void an_absurd_label_is_forgotten(String optimizer, String loss, int outputs) {
        double usual = loss(optimizer, loss, outputs, i -> false, 1, 1);
        for (float factor : new float[] {1e6f, 1e12f}) {
            assertThat(loss(optimizer, loss, outputs, i -> i == FIRST, factor, 1))
                    .as("one times %s, seed %d", factor, SEED)
                    .isLessThan(1.5 * usual);
        }
    }

    @ParameterizedTest
    @CsvSource({"scale-free, mean-squared-error", "scale-free, poisson", "normalized-adagrad, mean-squared-error"})
    void ten_absurd_labels_are_forgotten(String optimizer, String loss) {
        IntPredicate isAbsurd = i -> i >= FIRST && i < FIRST + 1000 && i % 100 == 0;
        assertThat(loss(optimizer, loss, 1, isAbsurd, 1e9f, 1))
                .as("seed %d", SEED)
                .isLessThan(3 * loss(optimizer, loss, 1, i -> false, 1, 1));
    }

    /** Its own feature counts less ever after, since its largest value stays. */
    @ParameterizedTest
    @ValueSource(strings = {"scale-free", "normalized-adagrad"})
    void after_an_absurd_value_the_other_features_are_learned(String optimizer) {
        String loss = "mean-squared-error";
        double without = loss(optimizer, loss, 1, i -> false, 1, 0);
        assertThat(loss(optimizer, loss, 1, i -> i == FIRST, 1, 1e6f))
                .as("seed %d", SEED)
                .isLessThan(1.5 * without);
    }

    @Test
    void larger_labels_that_stay_are_learned() {
        double usual = loss("scale-free", "mean-squared-error", 1, i -> false, 1, 1);
        assertThat(loss("scale-free", "mean-squared-error", 1, i -> i >= FIRST, 1e4f, 1) / 1e8)
                .as("seed %d", SEED)
                .isLessThan(5 * usual);
    }

    /** Returns the mean loss of the last third of a stream. */
    private static double loss(
            String optimizer, String loss, int outputs, IntPredicate isAbsurd, float labelFactor, float valueFactor) {
        Learner learner = new Learner(ModelSpec.parse("""
                name: test
                label: y
                features: {dense: [{field: v, length: %d}]}
                outputs: %d
                loss: %s
                optimizer: %s
                clamp: none
                """.formatted(FEATURES, outputs, loss, optimizer)));
        LearnerState state = learner.start();
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < SAMPLES; i++) {
            float[] x = new float[FEATURES];
            float[] y = new float[outputs];
            for (int j = 0; j < FEATURES; j++) {
                x[j] = (float) random.nextDouble(-1, 1);
            }
            for (int k = 0; k < outputs; k++) {
                double mean = 1 + x[0] - 0.5 * x[1 + k] + random.nextDouble(-0.5, 0.5);
                y[k] = (float) (loss.equals("poisson") ? Math.round(Math.exp(mean)) : mean);
                y[k] *= isAbsurd.test(i) ? labelFactor : 1;
            }
            if (i == 2 * SAMPLES / 3) {
                learner.nextWindow(state);
            }
            x[FEATURES - 1] *= isAbsurd.test(i) || valueFactor == 0 ? valueFactor : 1;
            learner.learn(state, sample(x, y, i));
        }
        return state.window().loss();
    }

    private static Sample sample(float[] x, float[] label, int at) {
        Sample.Features features = new Sample.Features(new double[0], x, new int[0], new int[0], new float[0]);
        return new Sample(features, label, 1, false, new Sample.Position(0, at, 0, 0));
    }
}
