package io.freshet.learning.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.Golden;
import io.freshet.learning.SequenceCases;
import io.freshet.learning.spec.ModelSpec;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Logits and gradients of sequences of different lengths against central differences of a float64 oracle. */
class SequenceGradientTest {
    private static final long SEED = 20260312;
    private static final double STEP = 1e-6;
    private static final int SAMPLES = 6;

    /** Every cell with every kind of feature, and random shapes. */
    static Stream<ModelSpec> specs() {
        SplittableRandom random = new SplittableRandom(SEED);
        return SequenceCases.FEATURES.stream()
                .flatMap(features -> SequenceCases.CELLS.stream()
                        .flatMap(cell -> Stream.generate(() -> SequenceCases.spec(
                                        features,
                                        cell + ", hidden: " + random.nextInt(1, 9) + ", embedding: "
                                                + random.nextInt(1, 6)))
                                .limit(3)));
    }

    @ParameterizedTest
    @MethodSource("specs")
    void logits_and_gradients_equal_those_of_the_oracle(ModelSpec spec) {
        RunningNetwork running = new RunningNetwork(spec, SequenceCases.samples(spec, SAMPLES, SEED));
        SplittableRandom random = new SplittableRandom(SEED + 1);
        double[] theta = new double[running.state.length];
        for (int i = 0; i < theta.length; i++) {
            running.state[i] += (float) random.nextDouble(-0.5, 0.5);
            theta[i] = running.state[i];
        }
        SequenceOracle oracle = new SequenceOracle(spec);
        double[][][] hidden = new double[SAMPLES][spec.model().steps()][];
        float[] logits = running.logits(0, SAMPLES, Network.PREDICT);
        for (int i = 0; i < SAMPLES; i++) {
            double[] expected = oracle.logits(theta, running.batch, i, hidden[i], null);
            for (int j = 0; j < spec.logitCount(); j++) {
                double z = j < expected.length ? expected[j] : 0;
                Golden.assertClose(logits[i * spec.logitCount() + j], z, 1e-5, 1e-6, "logit " + j + " of " + i);
            }
        }

        float[] delta = running.delta(logits, 0, SAMPLES);
        float bound =
                running.network.backward(running.state, running.batch, 0, SAMPLES, delta.clone(), running.gradient);
        float[] gradient = running.gradient();
        float largest = running.gradient.largestMagnitude();
        assertThat(bound).as("bound").isGreaterThanOrEqualTo(largest).isFinite();
        for (int p = 0; p < theta.length; p++) {
            double before = theta[p];
            theta[p] = before + STEP;
            double above = objective(oracle, theta, running.batch, delta, hidden);
            theta[p] = before - STEP;
            double below = objective(oracle, theta, running.batch, delta, hidden);
            theta[p] = before;
            double expected = (above - below) / (2 * STEP);
            Golden.assertClose(
                    gradient[p], expected, 1e-4, 2e-6 * Math.max(1, largest), "seed " + SEED + ", parameter " + p);
        }
    }

    /** Returns sum delta z, which has the gradient of a loss whose derivative with respect to z is delta. */
    private static double objective(
            SequenceOracle oracle, double[] theta, Batch batch, float[] delta, double[][][] hidden) {
        int width = delta.length / batch.size();
        double sum = 0;
        for (int i = 0; i < batch.size(); i++) {
            double[] z = oracle.logits(theta, batch, i, new double[hidden[i].length][], hidden[i]);
            for (int j = 0; j < z.length; j++) {
                sum += delta[i * width + j] * z[j];
            }
        }
        return sum;
    }
}
