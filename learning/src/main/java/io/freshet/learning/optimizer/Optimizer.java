package io.freshet.learning.optimizer;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Turns a gradient into a change of the parameters, in place.
 *
 * <p>A step changes only the given coordinates, and leaves the parameters and slots of all others unchanged ("lazy").
 *
 * <p>Optimizers hold only hyperparameters; they are thread-safe values, and a step allocates nothing. The formula of each
 * is one loop, {@link #step}, for contiguous and for scattered coordinates.
 */
public sealed interface Optimizer
        permits AdaGrad, AdamFormula, Ftrl, Lbfgs, LookAhead, Momentum, Nesterov, RmsProp, Sgd {
    /** Returns the name in YAML, for example {@code rmsprop}. */
    String name();

    /** Returns the number of slots, vectors of state as long as the parameters. All start at 0. */
    int slots();

    /** Returns the learning rate to use by default. */
    default double defaultLearningRate() {
        return 0.01;
    }

    /** Returns whether steps have a learning rate, which a schedule changes. */
    default boolean hasLearningRate() {
        return true;
    }

    /** Returns the learning rate above which parameters grow regardless of the gradient; infinite if there is none. */
    default double largestLearningRate() {
        return Double.POSITIVE_INFINITY;
    }

    /** Returns whether the optimizer applies L1 and L2 penalties itself. */
    default boolean penalizes() {
        return false;
    }

    /** Returns the slot that accumulates squared gradients, by their sum or running mean, or -1 for an optimizer without one. */
    default int squares() {
        return -1;
    }

    /** Returns whether {@link #squares} are a running mean, which forgets, instead of a sum. */
    default boolean averagesSquares() {
        return false;
    }

    /** Returns whether it evaluates the loss of a whole data set repeatedly, and so supports only {@link #minimize}. */
    default boolean needsObjective() {
        return false;
    }

    /** Returns whether it sees each sample and its loss, and so supports only {@link LookAhead#learn}. */
    default boolean looksAhead() {
        return false;
    }

    /** Returns which losses it can learn, as messages say it; null if it can learn this one. */
    default @Nullable String lossExpectation(Loss loss) {
        return null;
    }

    /**
     * Derives the values that all coordinates of an update share, such as bias corrections. {@link Step#start} calls it.
     *
     * @param step with the learning rate and number of the update
     */
    default void prepare(Step step) {}

    /**
     * Makes the slots consistent with parameters that this state did not learn: initial parameters, or those of a warm
     * start.
     *
     * @param from index of the first parameter
     * @param length number of contiguous parameters
     * @param learningRate of the next step
     */
    default void warmStart(Weights weights, int from, int length, float learningRate) {}

    /**
     * Applies one update to contiguous coordinates.
     *
     * @param from index of the first parameter
     * @param length number of coordinates
     * @param gradient dLoss/dparameter, from {@code at}; not changed
     * @param step of this optimizer, started
     */
    default void stepRange(Weights weights, int from, int length, float[] gradient, int at, Step step) {
        if (!weights.layout().byRow() && at == from) {
            step(weights, null, gradient, from, from + length, step);
            return;
        }
        Tile tile = step.tile;
        for (int done = 0; done < length; done += Tile.LENGTH) {
            int count = Math.min(Tile.LENGTH, length - done);
            System.arraycopy(gradient, at + done, tile.gradient, 0, count);
            tile.load(weights, from + done, 0, count);
            step(tile.weights, null, tile.gradient, 0, count, step);
            tile.store(weights, from + done, 0, count);
        }
    }

    /**
     * Applies one update to rows of the table. The gradient of rows of one coordinate is multiplied by {@link
     * Step#scale the factor of the step}.
     *
     * @param rows touched rows, those of [from, to), each once
     * @param gradient dLoss/dparameter: row i of {@code rows} has [i * width, (i + 1) * width); not changed
     */
    default void stepRows(Weights weights, int[] rows, int from, int to, float[] gradient, Step step) {
        int width = weights.layout().width();
        int stride = weights.layout().stride();
        if (width == 1) {
            step.stride(stride);
            step(weights, rows, gradient, from, to, step);
        } else if (width >= Tile.MINIMUM_ROW_WIDTH) {
            for (int i = from; i < to; i++) {
                stepRange(weights, rows[i] * stride, width, gradient, i * width, step);
            }
        } else if (weights.layout().byRow()) {
            step.stride(1);
            int[] coordinates = step.coordinates(to * width);
            for (int i = from; i < to; i++) {
                int first = rows[i] * stride;
                for (int k = 0; k < width; k++) {
                    coordinates[i * width + k] = first + k;
                }
            }
            step(weights, coordinates, gradient, from * width, to * width, step);
        } else {
            int atOnce = Tile.LENGTH / width;
            for (int i = from; i < to; i += atOnce) {
                stepTile(weights, rows, i, Math.min(to, i + atOnce), gradient, step);
            }
        }
    }

    /**
     * Applies one update to the first rows of the table, which have one coordinate each, like {@link #stepRows}; by slot, without
     * scattered indices.
     *
     * @param rows those from 0 on
     * @param gradient dLoss/dparameter of each row; not changed
     */
    default void stepFirst(Weights weights, int[] rows, int count, float[] gradient, Step step) {
        if (weights.layout().byRow()) {
            stepRows(weights, rows, 0, count, gradient, step);
            return;
        }
        float factor = step.factor();
        float[] scaled = step.vector(0, weights.layout().parameters());
        for (int i = 0; i < count; i++) {
            scaled[i] = 0 + factor * gradient[i];
        }
        step(weights, null, scaled, 0, count, step);
    }

    /** Steps a copy of narrow rows, whose slots are in arrays of their own. */
    private void stepTile(Weights weights, int[] rows, int from, int to, float[] gradient, Step step) {
        int width = weights.layout().width();
        int stride = weights.layout().stride();
        Tile tile = step.tile;
        System.arraycopy(gradient, from * width, tile.gradient, 0, (to - from) * width);
        for (int i = from; i < to; i++) {
            tile.load(weights, rows[i] * stride, (i - from) * width, width);
        }
        step(tile.weights, null, tile.gradient, 0, (to - from) * width, step);
        for (int i = from; i < to; i++) {
            tile.store(weights, rows[i] * stride, (i - from) * width, width);
        }
    }

    /**
     * Applies the formula to coordinates [from, to): contiguous ones, whose parameters and slots have the same index in
     * separate arrays, or those of rows.
     *
     * <p>The compiler moves the test for rows out of the loop, and then vectorizes the loop without rows. For this, every
     * index must be a variable that is {@code i} without rows. The gradient of a row is multiplied by the factor of the
     * step; a product of -0 counts as 0, like a sum that starts at 0.
     *
     * @param rows null for contiguous coordinates; otherwise, the parameter of row r is at {@code r * step.stride()}
     * @param gradient dLoss/dparameter of each coordinate; of rows, divided by {@code step.factor()}; not changed
     */
    void step(Weights weights, int @Nullable [] rows, float[] gradient, int from, int to, Step step);

    /** Applies one update to all parameters, given the loss of a whole data set. Slots are in other arrays. */
    default void minimize(Weights weights, Objective objective, Step step) {
        throw new UnsupportedOperationException("optimizer: " + name() + " (expected: one that needs an objective)");
    }

    /** Returns plain gradient descent. */
    static Optimizer sgd() {
        return new Sgd();
    }

    /** Returns gradient descent with momentum 0.9. */
    static Optimizer momentum() {
        return new Momentum(OptimizerNumbers.MOMENTUM.defaultValue());
    }

    /** Returns Nesterov's accelerated gradient with momentum 0.9. */
    static Optimizer nesterov() {
        return new Nesterov(OptimizerNumbers.MOMENTUM.defaultValue());
    }

    /** Returns AdaGrad with epsilon 1e-8. */
    static Optimizer adaGrad() {
        return new AdaGrad(OptimizerNumbers.EPSILON.defaultValue());
    }

    /** Returns RMSProp with decay 0.9 and epsilon 1e-8. */
    static Optimizer rmsProp() {
        return new RmsProp(OptimizerNumbers.DECAY.defaultValue(), OptimizerNumbers.EPSILON.defaultValue());
    }

    /** Returns Adam with decays 0.9 and 0.999 and epsilon 1e-8. */
    static Optimizer adam() {
        return new Adam(
                OptimizerNumbers.BETA1.defaultValue(),
                OptimizerNumbers.BETA2.defaultValue(),
                OptimizerNumbers.EPSILON.defaultValue());
    }

    /** Returns AdamW with the defaults of Adam and a weight decay of 0.01. */
    static Optimizer adamW() {
        return new AdamW(
                OptimizerNumbers.BETA1.defaultValue(),
                OptimizerNumbers.BETA2.defaultValue(),
                OptimizerNumbers.EPSILON.defaultValue(),
                OptimizerNumbers.WEIGHT_DECAY.defaultValue());
    }

    /** Returns FTRL-Proximal with beta 1. */
    static Optimizer ftrl(double l1, double l2) {
        return new Ftrl(OptimizerNumbers.BETA.defaultValue(), l1, l2);
    }

    /** Returns AdaGrad for features of any scale, the default of Vowpal Wabbit. */
    static Optimizer normalizedAdaGrad() {
        return new NormalizedAdaGrad();
    }

    /** Returns the optimizer of linear models without a learning rate. */
    static Optimizer scaleFree() {
        return new ScaleFree();
    }

    /** Returns L-BFGS with a history of 10 steps. */
    static Optimizer lbfgs() {
        return new Lbfgs((int) OptimizerNumbers.HISTORY.defaultValue());
    }
}
