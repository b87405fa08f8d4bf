package io.freshet.learning.optimizer;

import io.freshet.learning.math.Transcendental;
import io.freshet.learning.yaml.Hyperparameter;

/**
 * Multiplies the rate by a factor every {@code every} updates.
 *
 * <pre>
 *   eta_t = eta * gamma^floor(t / every)
 * </pre>
 *
 * Same as PyTorch's {@code StepLR}, stepped after each update.
 *
 * @param gamma in (0, 1]
 * @param every at least 1, in updates
 */
public record StepDecay(double gamma, long every) implements Schedule {
    public static final Hyperparameter GAMMA = gamma(0.5);

    public StepDecay {
        GAMMA.check(gamma);
        if (every < 1) {
            throw new IllegalArgumentException("every: " + every + " (expected: at least 1)");
        }
    }

    static Hyperparameter gamma(double defaultValue) {
        return new Hyperparameter("gamma", defaultValue, gamma -> gamma > 0 && gamma <= 1, "in (0, 1]");
    }

    @Override
    public String name() {
        return "step";
    }

    @Override
    public double formula(double base, long t, double[] memory) {
        return base * Transcendental.pow(gamma, t / every);
    }
}
