package io.freshet.learning.schedule;

import io.freshet.learning.math.Transcendental;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Divides the rate by a power of the update count.
 *
 * <pre>
 *   eta_t = eta / (1 + t / tau)^power
 * </pre>
 *
 * For a power in (1/2, 1], stochastic gradient descent converges on a stationary stream.
 *
 * @param tau > 0, in updates; the rate is eta / 2^power after tau updates
 * @param power in (0, 10]
 * @see <a href="https://doi.org/10.1214/aoms/1177729586">Robbins, Monro, A stochastic approximation method, 1951</a>
 */
public record InverseDecay(double tau, double power) implements Schedule {
    public InverseDecay {
        if (!validTau(tau)) {
            throw new IllegalArgumentException("tau: " + tau + " (expected: finite and > 0)");
        }
        if (!validPower(power)) {
            throw new IllegalArgumentException("power: " + power + " (expected: in (0, 10])");
        }
    }

    public static boolean validTau(double tau) {
        return tau > 0 && tau < Double.POSITIVE_INFINITY;
    }

    public static boolean validPower(double power) {
        return power > 0 && power <= 10;
    }

    @Override
    public String name() {
        return "inverse";
    }

    @Override
    public Map<String, Object> hyperparameters() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("tau", tau);
        map.put("power", power);
        return map;
    }

    @Override
    public double formula(double base, long t, double[] memory) {
        return base / Transcendental.pow(1 + t / tau, power);
    }
}
