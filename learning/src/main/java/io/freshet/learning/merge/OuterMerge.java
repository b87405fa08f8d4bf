package io.freshet.learning.merge;

import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.optimizer.Step;
import io.freshet.learning.parameters.Weights;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Takes the mean change for a step against a gradient, and applies it by an optimizer of its own (local SGD with an outer
 * optimizer).
 *
 * <pre>
 *   g      = -sum_r n_r / N * change_r
 *   theta' = step(theta, g, learningRate)
 * </pre>
 *
 * Parameters that no replica changed do not move, nor do their slots.
 *
 * @param optimizer {@code sgd}, {@code momentum}, or {@code nesterov}: those that do not count steps
 * @param learningRate &gt; 0; with {@code sgd}, 1 is the mean
 * @see <a href="https://arxiv.org/abs/2311.08105">Douillard et al. 2023, DiLoCo</a>
 */
record OuterMerge(Optimizer optimizer, double learningRate) implements Merge {
    OuterMerge {
        if (!List.of("sgd", "momentum", "nesterov").contains(optimizer.name())) {
            throw new IllegalArgumentException(
                    "merge.type: " + optimizer.name() + " (expected: sgd, momentum, or nesterov)");
        }
        if (!((float) learningRate > 0 && learningRate <= 1000)) {
            throw new IllegalArgumentException("merge.learningRate: " + learningRate + " (expected: in (0, 1000])");
        }
    }

    @Override
    public String name() {
        return optimizer.name();
    }

    @Override
    public Map<String, Object> hyperparameters() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("learningRate", learningRate);
        all.putAll(optimizer.hyperparameters());
        return all;
    }

    @Override
    public int slots() {
        return optimizer.slots();
    }

    @Override
    public void merge(float[] values, int length, List<WeightedChange> changes, float[][] slots, double[] sums) {
        Arrays.fill(sums, 0, length, 0);
        for (WeightedChange each : changes) {
            each.change().addTo(sums, length, 0, 1, each.share());
        }
        float[] gradient = new float[length];
        for (int i = 0; i < length; i++) {
            gradient[i] = (float) -sums[i];
        }
        Weights weights = slots.length == 0 ? Weights.bySlot(1, values) : Weights.bySlot(1, values, slots[0]);
        Step step = new Step(optimizer);
        step.start((float) learningRate, 1);
        int from = 0;
        while (from < length) {
            int to = from;
            while (to < length && gradient[to] != 0) {
                to++;
            }
            optimizer.step(weights, null, gradient, from, to, step);
            from = to + 1;
        }
    }
}
