package io.freshet.learning.schedule;

import io.freshet.learning.math.Transcendental;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Takes the rate down to a minimum by half a cosine.
 *
 * <pre>
 *   eta_t = minimum + (eta - minimum) * (1 + cos(pi * t / steps)) / 2        t up to steps, then the minimum
 *   with restarts: the same of t mod steps, so that it is eta again at t = steps
 * </pre>
 *
 * As PyTorch's {@code CosineAnnealingLR}, which however rises again after {@code steps}, and with restarts its {@code
 * CosineAnnealingWarmRestarts}.
 *
 * @param steps at least 1, in updates
 * @param minimum at least 0 and finite; not above the optimizer's rate, where the specification has both
 * @param restarts whether it starts again from the optimizer's rate
 * @see <a href="https://arxiv.org/abs/1608.03983">Loshchilov, Hutter, SGDR, 2017</a>
 */
public record CosineDecay(long steps, double minimum, boolean restarts) implements Schedule {
    public CosineDecay {
        if (steps < 1) {
            throw new IllegalArgumentException("steps: " + steps + " (expected: at least 1)");
        }
        if (!(minimum >= 0 && minimum < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("minimum: " + minimum + " (expected: finite and >= 0)");
        }
    }

    @Override
    public String name() {
        return "cosine";
    }

    @Override
    public Map<String, Object> hyperparameters() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("steps", steps);
        map.put("minimum", minimum);
        map.put("restarts", restarts);
        return map;
    }

    @Override
    public double formula(double base, long t, double[] memory) {
        long of = restarts ? t % steps : t;
        if (of >= steps) {
            return minimum;
        }
        return minimum + (base - minimum) * (1 + Transcendental.cos(Math.PI * of / steps)) / 2;
    }
}
