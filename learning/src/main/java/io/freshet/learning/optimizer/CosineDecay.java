package io.freshet.learning.optimizer;

import io.freshet.learning.math.Transcendental;
import io.freshet.learning.yaml.Hyperparameter;

/**
 * Decays the rate to a minimum along half a cosine.
 *
 * <pre>
 *   eta_t = minimum + (eta - minimum) * (1 + cos(pi * t / steps)) / 2        t <= steps; then minimum
 *   with restarts, t mod steps replaces t
 * </pre>
 *
 * Same as PyTorch's {@code CosineAnnealingLR}, except that PyTorch's rises again after {@code steps}; with restarts,
 * same as {@code CosineAnnealingWarmRestarts}.
 *
 * @param steps at least 1, in updates
 * @param minimum in [0, 1000]; a specification also requires at most the optimizer's rate
 * @param restarts whether to restart from the optimizer's rate every {@code steps} updates
 * @see <a href="https://arxiv.org/abs/1608.03983">Loshchilov, Hutter, SGDR, 2017</a>
 */
public record CosineDecay(long steps, double minimum, boolean restarts) implements Schedule {
    public static final Hyperparameter MINIMUM =
            new Hyperparameter("minimum", 0, minimum -> minimum >= 0 && minimum <= 1000, "in [0, 1000]");

    public CosineDecay {
        if (steps < 1) {
            throw new IllegalArgumentException("steps: " + steps + " (expected: at least 1)");
        }
        MINIMUM.check(minimum);
    }

    @Override
    public String name() {
        return "cosine";
    }

    @Override
    public double formula(double base, long t, double[] memory) {
        long step = restarts ? t % steps : t;
        if (step >= steps) {
            return minimum;
        }
        return minimum + (base - minimum) * (1 + Transcendental.cos(Math.PI * step / steps)) / 2;
    }
}
