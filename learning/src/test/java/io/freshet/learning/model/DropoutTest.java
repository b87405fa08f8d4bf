package io.freshet.learning.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.Golden;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.math.Transcendental;
import io.freshet.learning.spec.ModelSpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutTest {
    private static final long SEED = 20260302;
    private static final int SAMPLES = 6;
    private static final int UNITS = 20;

    private static ModelSpec spec(String model, double rate) {
        return ModelCases.of(
                model,
                ", hidden: [%d], activation: tanh, dropout: %s".formatted(UNITS, rate),
                TestSpecs.loss("mean-squared-error"),
                "sgd");
    }

    private static RunningNetwork running(String model, double rate) {
        ModelSpec spec = spec(model, rate);
        return new RunningNetwork(spec, ModelCases.samples(spec, SAMPLES, SEED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mlp", "embedding-mlp"})
    void drops_nothing_from_a_prediction(String model) {
        RunningNetwork dropping = running(model, 0.5);
        assertThat(dropping.network.dropsOut()).isTrue();
        assertThat(running(model, 0).network.dropsOut()).isFalse();
        dropping.logits(0, SAMPLES, 3);
        assertThat(dropping.logits(0, SAMPLES, Network.PREDICT))
                .isEqualTo(running(model, 0).logits(0, SAMPLES, Network.PREDICT));
    }

    @Test
    void drops_by_the_update_and_the_index_in_the_batch_only() {
        RunningNetwork running = running("mlp", 0.5);
        float[] all = running.logits(0, SAMPLES, 7);
        running.logits(0, SAMPLES, 8);
        assertThat(running.logits(0, SAMPLES, 7)).isEqualTo(all);
        assertThat(running("mlp", 0.5).logits(0, SAMPLES, 7)).isEqualTo(all);
        assertThat(running.logits(0, SAMPLES, 8)).isNotEqualTo(all);
        float[] last = running.logits(SAMPLES - 1, SAMPLES, 7);
        int k = running.spec.outputs();
        for (int i = 0; i < k; i++) {
            Golden.assertClose(last[i], all[(SAMPLES - 1) * k + i], 1e-5, 1e-6, "sample taken alone");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 0.8})
    void scales_the_remaining_units_so_that_the_mean_is_unchanged(double rate) {
        int rows = 500;
        int width = 100;
        float[] ones = new float[rows * width];
        Arrays.fill(ones, 1);
        float[] dropped = new float[ones.length];
        new Dropout(rate, SEED, "dense1").apply(ones, dropped, rows, width, 5, 0);
        double sum = 0;
        int zeros = 0;
        for (float y : dropped) {
            sum += y;
            zeros += y == 0 ? 1 : 0;
        }
        double deviation = Math.sqrt(rate * (1 - rate) / ones.length);
        assertThat(zeros / (double) ones.length)
                .as("seed %d", SEED)
                .isBetween(rate - 5 * deviation, rate + 5 * deviation);
        assertThat(sum / ones.length).isBetween(1 - 5 * deviation / (1 - rate), 1 + 5 * deviation / (1 - rate));
        float[] other = new float[ones.length];
        new Dropout(rate, SEED, "dense2").apply(ones, other, rows, width, 5, 0);
        assertThat(other).as("another layer").isNotEqualTo(dropped);
    }

    /** The output is a plain sum, so dropping units of the only hidden layer does not change its mean. */
    @Test
    void the_mean_of_logits_over_many_updates_is_the_prediction() {
        RunningNetwork running = running("mlp", 0.5);
        int updates = 4000;
        float[] expected = running.logits(0, SAMPLES, Network.PREDICT);
        double[] sum = new double[expected.length];
        double[] squares = new double[expected.length];
        for (int update = 0; update < updates; update++) {
            float[] logits = running.logits(0, SAMPLES, update);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += logits[i];
                squares[i] += logits[i] * logits[i];
            }
        }
        for (int i = 0; i < sum.length; i++) {
            double mean = sum[i] / updates;
            double deviation = Math.sqrt((squares[i] / updates - mean * mean) / updates);
            assertThat(mean)
                    .as("seed %d, logit %d", SEED, i)
                    .isBetween(expected[i] - 5 * deviation, expected[i] + 5 * deviation);
        }
    }

    @Test
    void the_gradient_is_that_of_the_remaining_units() {
        RunningNetwork running = running("mlp", 0.4);
        int update = 11;
        float[] mask = new float[SAMPLES * UNITS];
        float[] ones = new float[mask.length];
        Arrays.fill(ones, 1);
        new Dropout(0.4, running.spec.seed(), "dense1").apply(ones, mask, SAMPLES, UNITS, update, 0);
        float[] delta = running.delta(running.logits(0, SAMPLES, update), 0, SAMPLES);
        running.network.backward(running.state, running.batch, 0, SAMPLES, delta.clone(), running.gradient);
        float[] gradient = running.gradient();
        double[] theta = new double[running.state.length];
        for (int i = 0; i < theta.length; i++) {
            theta[i] = running.state[i];
        }
        for (int p = 0; p < theta.length; p++) {
            double difference =
                    objective(running, theta, p, 1e-6, mask, delta) - objective(running, theta, p, -1e-6, mask, delta);
            Golden.assertClose(
                    gradient[p], difference / 2e-6, 1e-4, 2e-6 * running.gradient.largestMagnitude(), "parameter " + p);
        }
    }

    private static double objective(
            RunningNetwork running, double[] theta, int p, double step, float[] mask, float[] delta) {
        double before = theta[p];
        theta[p] += step;
        int in = running.spec.inputShape().numbers();
        int outputs = running.spec.outputs();
        int output = (in + 1) * UNITS;
        double sum = 0;
        for (int i = 0; i < SAMPLES; i++) {
            float[] x = running.batch.get(i).features().matrix();
            for (int k = 0; k < outputs; k++) {
                sum += delta[i * outputs + k] * theta[output + UNITS * outputs + k];
            }
            for (int unit = 0; unit < UNITS; unit++) {
                double z = theta[in * UNITS + unit];
                for (int j = 0; j < in; j++) {
                    z += x[j] * theta[j * UNITS + unit];
                }
                double y = mask[i * UNITS + unit] * Transcendental.tanh(z);
                for (int k = 0; k < outputs; k++) {
                    sum += delta[i * outputs + k] * y * theta[output + unit * outputs + k];
                }
            }
        }
        theta[p] = before;
        return sum;
    }
}
