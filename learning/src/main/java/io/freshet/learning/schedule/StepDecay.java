package io.freshet.learning.schedule;

import io.freshet.learning.math.Transcendental;
import java.util.LinkedHashMap;
import java.util.Map;

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
    public StepDecay {
        if (!validGamma(gamma)) {
            throw new IllegalArgumentException("gamma: " + gamma + " (expected: in (0, 1])");
        }
        if (every < 1) {
            throw new IllegalArgumentException("every: " + every + " (expected: at least 1)");
        }
    }

    public static boolean validGamma(double gamma) {
        return gamma > 0 && gamma <= 1;
    }

    @Override
    public String name() {
        return "step";
    }

    @Override
    public Map<String, Object> hyperparameters() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("gamma", gamma);
        map.put("every", every);
        return map;
    }

    @Override
    public double formula(double base, long t, double[] memory) {
        return base * Transcendental.pow(gamma, t / every);
    }
}
