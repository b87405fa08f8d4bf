package io.freshet.learning.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.Golden;
import io.freshet.learning.TestSpecs;
import io.freshet.learning.loss.Task;
import io.freshet.learning.spec.ModelSpec;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of every model with every loss against central differences of a float64 oracle. */
class NetworkGradientTest {
    private static final long SEED = 20260301;
    private static final double STEP = 1e-6;

    /** Every model with every loss and every activation, each with a random shape. */
    static Stream<ModelSpec> shapes() {
        SplittableRandom random = new SplittableRandom(SEED);
        return ModelCases.names().stream()
                .flatMap(model -> TestSpecs.losses().stream()
                        .filter(loss -> loss.task() != Task.SEQUENCE)
                        .flatMap(loss -> Stream.of("relu", "leaky-relu", "tanh", "sigmoid", "gelu")
                                .map(activation -> ModelCases.drawn(model, activation, loss, random))));
    }

    @Test
    void every_model_has_an_oracle() {
        assertThat(NetworkOracle.ALL.keySet()).containsExactlyInAnyOrderElementsOf(ModelCases.names());
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void logits_and_gradients_equal_those_of_the_oracle(ModelSpec spec) {
        int samples = 7;
        RunningNetwork running = new RunningNetwork(spec, ModelCases.samples(spec, samples, SEED));
        shift(running.state);
        NetworkOracle oracle = NetworkOracle.ALL.get(spec.model().name());
        float[] logits = running.logits(0, samples, Network.PREDICT);
        double[] theta = doubles(running.state);
        for (int i = 0; i < samples; i++) {
            double[] expected = oracle.logits(spec, theta, running.batch, i);
            for (int k = 0; k < spec.outputs(); k++) {
                Golden.assertClose(logits[i * spec.outputs() + k], expected[k], 1e-5, 1e-5, "logit of sample " + i);
            }
        }

        float[] delta = running.delta(logits, 0, samples);
        float bound =
                running.network.backward(running.state, running.batch, 0, samples, delta.clone(), running.gradient);
        float[] gradient = running.gradient();
        float largest = running.gradient.largestMagnitude();
        assertThat(bound).as("bound").isGreaterThanOrEqualTo(largest).isFinite();
        for (int p = 0; p < theta.length; p++) {
            double difference = objective(spec, oracle, theta, p, STEP, running.batch, delta)
                    - objective(spec, oracle, theta, p, -STEP, running.batch, delta);
            Golden.assertClose(
                    gradient[p], difference / (2 * STEP), 1e-4, 2e-6 * largest, "seed " + SEED + ", parameter " + p);
        }
    }

    /** Moves the parameters away from 0, where biases and some models start. */
    private static void shift(float[] state) {
        SplittableRandom random = new SplittableRandom(SEED + 1);
        for (int i = 0; i < state.length; i++) {
            state[i] += (float) random.nextDouble(-0.3, 0.3);
        }
    }

    /** Returns sum delta z, which has the gradient of a loss whose derivative with respect to z is delta. */
    private static double objective(
            ModelSpec spec, NetworkOracle oracle, double[] theta, int p, double step, Batch batch, float[] delta) {
        double before = theta[p];
        theta[p] += step;
        double sum = 0;
        for (int i = 0; i < batch.size(); i++) {
            double[] z = oracle.logits(spec, theta, batch, i);
            for (int k = 0; k < z.length; k++) {
                sum += delta[i * z.length + k] * z[k];
            }
        }
        theta[p] = before;
        return sum;
    }

    private static double[] doubles(float[] floats) {
        double[] doubles = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }
}
