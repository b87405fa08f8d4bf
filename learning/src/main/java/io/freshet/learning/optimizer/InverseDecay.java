package io.freshet.learning.optimizer;

import io.freshet.learning.math.Transcendental;
import io.freshet.learning.yaml.Hyperparameter;

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
    public static final Hyperparameter TAU =
            new Hyperparameter("tau", 10_000, tau -> tau > 0 && tau < Double.POSITIVE_INFINITY, "> 0");
    public static final Hyperparameter POWER =
            new Hyperparameter("power", 0.5, power -> power > 0 && power <= 10, "in (0, 10]");

    public InverseDecay {
        TAU.check(tau);
        POWER.check(power);
    }

    @Override
    public String name() {
        return "inverse";
    }

    @Override
    public double formula(double base, long t, double[] memory) {
        return base / Transcendental.pow(1 + t / tau, power);
    }
}
