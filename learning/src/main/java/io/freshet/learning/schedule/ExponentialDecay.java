package io.freshet.learning.schedule;

import io.freshet.learning.math.Transcendental;
import java.util.Map;

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
    public ExponentialDecay {
        if (!StepDecay.validGamma(gamma)) {
            throw new IllegalArgumentException("gamma: " + gamma + " (expected: in (0, 1])");
        }
    }

    @Override
    public String name() {
        return "exponential";
    }

    @Override
    public Map<String, Object> hyperparameters() {
        return Map.of("gamma", gamma);
    }

    @Override
    public double formula(double base, long t, double[] memory) {
        return base * Transcendental.pow(gamma, t);
    }
}
