package io.freshet.learning.optimizer;

import io.freshet.learning.model.Weights;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A quasi-Newton method with curvature from recent steps (L-BFGS): over a whole data set, one iteration per epoch.
 *
 * <pre>
 *   d      = -H g                                     two loops over the pairs, H0 = s.y / y.y of the newest pair
 *   theta' = theta + a d                              a: a strong Wolfe point of the loss along d, {@link LineSearch}
 *   s = theta' - theta,  y = g' - g                   slots 2 p and 2 p + 1, p = (t - 1) mod history
 * </pre>
 *
 * The loss is the mean over the data set plus its L2 penalty. A pair whose s.y is not safely above 0 is stored as
 * zeros, which the loops skip. If an iteration finds no lower loss, all pairs are set to zeros, and the next iteration
 * follows the gradient. Sums are float64, in four partial sums. The rate scales the first step that the search tries,
 * which is the step it takes near the minimum. Without a pair, the first try is min(1, 1 / |g|_1) times the gradient,
 * as in PyTorch. Everything that the next iteration depends on is in the state. Pinned by {@code FullBatchTest} and
 * {@code LbfgsTest}.
 *
 * @param history in [1, 100]: pairs to keep, each with two slots
 * @see <a href="https://doi.org/10.1007/978-0-387-40065-5">Nocedal, Wright 2006, algorithms 7.4 and 7.5</a>
 */
public record Lbfgs(int history) implements Optimizer {
    /** Below this s.y / (|s| |y|), a pair of float32 gradients carries no curvature. */
    private static final double LEAST_COSINE = 1e-6;

    public Lbfgs {
        OptimizerNumbers.HISTORY.check(history);
    }

    @Override
    public String name() {
        return "lbfgs";
    }

    @Override
    public int slots() {
        return 2 * history;
    }

    @Override
    public double defaultLearningRate() {
        return 1;
    }

    @Override
    public boolean needsObjective() {
        return true;
    }

    @Override
    public void step(Weights weights, int @Nullable [] rows, float[] gradient, int from, int to, Step step) {
        throw new UnsupportedOperationException("optimizer: lbfgs (expected: one that steps by a gradient alone)");
    }

    @Override
    public void minimize(Weights weights, Objective objective, Step step) {
        float[][] state = weights.arrays();
        float[] parameters = state[0];
        int length = parameters.length;
        float[] gradient = step.vector(0, length);
        float[] direction = step.vector(1, length);
        LineSearch search =
                new LineSearch(objective, parameters, step.vector(2, length), step.vector(3, length), direction);
        double loss = objective.evaluate(gradient);
        int place = (int) ((step.number() - 1) % history);
        boolean hasPair = direction(state, gradient, direction, place);
        double slope = Vectors.dot(gradient, direction);
        if (!(slope < 0)) {
            hasPair = false;
            negate(gradient, direction);
            slope = Vectors.dot(gradient, direction);
        }
        float[] s = parameterChange(state, place);
        float[] y = gradientChange(state, place);
        Arrays.fill(s, 0);
        Arrays.fill(y, 0);
        if (!(slope < 0)) {
            return;
        }
        double first = step.learningRate() * (hasPair ? 1 : Math.min(1, 1 / Vectors.sumOfMagnitudes(gradient)));
        if (search.run(loss, slope, first)) {
            store(parameters, s, y, search, gradient);
        } else {
            for (int slot = 1; slot <= slots(); slot++) {
                Arrays.fill(state[slot], 0);
            }
        }
    }

    /** Returns s of a pair, the change of the parameters. */
    private static float[] parameterChange(float[][] state, int pair) {
        return state[1 + 2 * pair];
    }

    /** Returns y of a pair, the change of the gradient. */
    private static float[] gradientChange(float[][] state, int pair) {
        return state[2 + 2 * pair];
    }

    /** Writes -H g; returns false if there is no pair, so that H is the identity. */
    private boolean direction(float[][] state, float[] gradient, float[] direction, int place) {
        double[] along = new double[history];
        double[] curvature = new double[history];
        double scale = 0;
        negate(gradient, direction);
        for (int back = 1; back <= history; back++) {
            int pair = Math.floorMod(place - back, history);
            float[] s = parameterChange(state, pair);
            float[] y = gradientChange(state, pair);
            curvature[pair] = Vectors.dot(s, y);
            if (curvature[pair] > 0) {
                scale = scale == 0 ? curvature[pair] / Vectors.dot(y, y) : scale;
                along[pair] = Vectors.dot(s, direction) / curvature[pair];
                Vectors.add(direction, y, -along[pair]);
            }
        }
        if (scale == 0) {
            return false;
        }
        Vectors.scale(direction, scale);
        for (int back = history; back >= 1; back--) {
            int pair = Math.floorMod(place - back, history);
            if (curvature[pair] > 0) {
                double across = Vectors.dot(gradientChange(state, pair), direction) / curvature[pair];
                Vectors.add(direction, parameterChange(state, pair), along[pair] - across);
            }
        }
        return true;
    }

    private static void negate(float[] gradient, float[] direction) {
        for (int i = 0; i < gradient.length; i++) {
            direction[i] = -gradient[i];
        }
    }

    private static void store(float[] parameters, float[] s, float[] y, LineSearch search, float[] gradient) {
        float[] start = search.start();
        float[] after = search.gradient();
        for (int i = 0; i < s.length; i++) {
            s[i] = parameters[i] - start[i];
            y[i] = after[i] - gradient[i];
        }
        double norms = Math.sqrt(Vectors.dot(s, s)) * Math.sqrt(Vectors.dot(y, y));
        if (!(Vectors.dot(s, y) > LEAST_COSINE * norms)) {
            Arrays.fill(s, 0);
            Arrays.fill(y, 0);
        }
    }
}
