package io.freshet.learning.optimizer;

import io.freshet.learning.math.Transcendental;
import io.freshet.learning.yaml.Hyperparameter;

/**
 * Multiplies the rate by a factor after every update.
 *
 * <pre>
 *   eta_t = eta * gamma^t
 * </pre>
 *
 * Same as PyTorch's {@code ExponentialLR}, stepped after each update. Halves the rate after log(1/2) / log(gamma)
 * updates: 6,931 for 0.9999.
 *
 * @param gamma in (0, 1]
 */
public record ExponentialDecay(double gamma) implements Schedule {
    public static final Hyperparameter GAMMA = StepDecay.gamma(0.9999);

    public ExponentialDecay {
        GAMMA.check(gamma);
    }

    @Override
    public String name() {
        return "exponential";
    }

    @Override
    public double formula(double base, long t, double[] memory) {
        return base * Transcendental.pow(gamma, t);
    }
}
