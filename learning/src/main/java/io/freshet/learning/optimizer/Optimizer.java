package io.freshet.learning.optimizer;

import java.util.Map;

/**
 * Turns a gradient into a change of the parameters, in place.
 *
 * <p>State is either one array of parameters and one for each slot, or a single array that holds each parameter and its
 * slots. In the first case, a parameter and its slots have the same index, and {@code slot} is 0. In the second, {@code
 * slot} is the distance from a parameter to its slot 0, and from slot 0 to slot 1. A step changes only the given
 * coordinates, and leaves the parameters and slots of all others unchanged ("lazy").
 *
 * <p>Optimizers hold only hyperparameters; they are thread-safe values, and a step allocates nothing. Each implements
 * its formula twice, in the same order of arithmetic: for contiguous coordinates, which the compiler vectorizes, and
 * for scattered coordinates of a single array. Both give the same bits, as {@code OptimizerContractTest} pins.
 */
public sealed interface Optimizer permits AdaGrad, Adam, AdamW, Ftrl, Lbfgs, Momentum, Nesterov, RmsProp, Sgd {
    /** Returns the name in YAML, for example {@code rmsprop}. */
    String name();

    /** Returns the number of slots, vectors of state as long as the parameters. All start at 0. */
    int slots();

    /** Returns the hyperparameters by their names in YAML, in the order to print them. */
    Map<String, Object> hyperparameters();

    /** Returns the learning rate to use by default. */
    default double defaultLearningRate() {
        return 0.01;
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
     * @param state parameters and slots
     * @param slot distance from a parameter to its slot 0; 0 if slots are in arrays of their own
     * @param from index of the first parameter
     * @param length number of contiguous parameters
     * @param learningRate of the next step
     */
    default void warmStart(float[][] state, int slot, int from, int length, float learningRate) {}

    /**
     * Applies one update to contiguous coordinates.
     *
     * @param state parameters and slots
     * @param slot distance from a parameter to its slot 0; 0 if slots are in arrays of their own
     * @param from index of the first parameter
     * @param length number of coordinates
     * @param gradient dLoss/dparameter, from {@code at}; not changed
     * @param step of this optimizer, started
     */
    default void step(float[][] state, int slot, int from, int length, float[] gradient, int at, Step step) {
        if (slot == 0 && at == from) {
            step(state[0], gradient, Tile.arrayOf(state, 1), Tile.arrayOf(state, 2), from, from + length, step);
            return;
        }
        Tile tile = step.tile;
        for (int done = 0; done < length; done += Tile.LENGTH) {
            int count = Math.min(Tile.LENGTH, length - done);
            System.arraycopy(gradient, at + done, tile.gradient, 0, count);
            tile.load(state, slot, slots(), from + done, count);
            step(tile.theta, tile.gradient, tile.first, tile.second, 0, count, step);
            tile.store(state, slot, slots(), from + done, count);
        }
    }

    /**
     * Applies one update to rows of {@code width} contiguous coordinates. Narrow rows are treated as scattered
     * coordinates: in one loop, or gathered first if slots are in other arrays.
     *
     * @param stride row r starts at {@code r * stride}
     * @param rows touched rows, each once
     * @param count number of rows
     * @param gradient dLoss/dparameter: row i of {@code rows} has [i * width, (i + 1) * width); not changed
     */
    default void stepRows(
            float[][] state, int slot, int stride, int[] rows, int count, int width, float[] gradient, Step step) {
        if (width >= Tile.MINIMUM_ROW_WIDTH) {
            for (int i = 0; i < count; i++) {
                step(state, slot, rows[i] * stride, width, gradient, i * width, step);
            }
            return;
        }
        int[] coordinates = step.coordinates(count * width);
        for (int i = 0; i < count; i++) {
            int first = rows[i] * stride;
            for (int k = 0; k < width; k++) {
                coordinates[i * width + k] = first + k;
            }
        }
        if (state.length == 1) {
            step(state[0], slot, 1, coordinates, gradient, 0, count * width, 1, step);
        } else {
            stepScattered(state, coordinates, count * width, gradient, step);
        }
    }

    private void stepScattered(float[][] state, int[] coordinates, int length, float[] gradient, Step step) {
        Tile tile = step.tile;
        for (int done = 0; done < length; done += Tile.LENGTH) {
            int count = Math.min(Tile.LENGTH, length - done);
            System.arraycopy(gradient, done, tile.gradient, 0, count);
            tile.gather(state, slots(), coordinates, done, count);
            step(tile.theta, tile.gradient, tile.first, tile.second, 0, count, step);
            tile.scatter(state, slots(), coordinates, done, count);
        }
    }

    /**
     * Applies one update to coordinates [from, to) of arrays in which a parameter and its slots have the same index.
     *
     * @param theta parameters
     * @param gradient dLoss/dparameter; not changed
     * @param first slot 0 of each parameter; unused without slots
     * @param second slot 1 of each parameter; unused with fewer slots
     */
    void step(float[] theta, float[] gradient, float[] first, float[] second, int from, int to, Step step);

    /**
     * Applies one update to scattered coordinates of a single array. The gradient is multiplied by a factor first; a
     * product of -0 counts as 0, like a sum that starts at 0.
     *
     * @param stride the parameter of row r is at {@code r * stride}
     * @param rows touched rows, those of [from, to), each once
     * @param gradient dLoss/dparameter of each of {@code rows}, divided by {@code factor}; not changed
     */
    void step(
            float[] state,
            int slot,
            int stride,
            int[] rows,
            float[] gradient,
            int from,
            int to,
            float factor,
            Step step);

    /**
     * Applies one update to all parameters, given the loss of a whole data set; by default, one step by its gradient.
     * Slots are in other arrays.
     */
    default void minimize(float[][] state, Objective objective, Step step) {
        int length = state[0].length;
        float[] gradient = step.vector(0, length);
        objective.evaluate(gradient);
        step(state, 0, 0, length, gradient, 0, step);
    }

    /** Returns plain gradient descent. */
    static Optimizer sgd() {
        return new Sgd();
    }

    /** Returns gradient descent with momentum 0.9. */
    static Optimizer momentum() {
        return new Momentum(Hyperparameter.MOMENTUM.defaultValue());
    }

    /** Returns Nesterov's accelerated gradient with momentum 0.9. */
    static Optimizer nesterov() {
        return new Nesterov(Hyperparameter.MOMENTUM.defaultValue());
    }

    /** Returns AdaGrad with epsilon 1e-8. */
    static Optimizer adaGrad() {
        return new AdaGrad(Hyperparameter.EPSILON.defaultValue());
    }

    /** Returns RMSProp with decay 0.9 and epsilon 1e-8. */
    static Optimizer rmsProp() {
        return new RmsProp(Hyperparameter.DECAY.defaultValue(), Hyperparameter.EPSILON.defaultValue());
    }

    /** Returns Adam with decays 0.9 and 0.999 and epsilon 1e-8. */
    static Optimizer adam() {
        return new Adam(
                Hyperparameter.BETA1.defaultValue(),
                Hyperparameter.BETA2.defaultValue(),
                Hyperparameter.EPSILON.defaultValue());
    }

    /** Returns AdamW with the defaults of Adam and a weight decay of 0.01. */
    static Optimizer adamW() {
        return new AdamW(
                Hyperparameter.BETA1.defaultValue(),
                Hyperparameter.BETA2.defaultValue(),
                Hyperparameter.EPSILON.defaultValue(),
                Hyperparameter.WEIGHT_DECAY.defaultValue());
    }

    /** Returns FTRL-Proximal with beta 1. */
    static Optimizer ftrl(double l1, double l2) {
        return new Ftrl(Hyperparameter.BETA.defaultValue(), l1, l2);
    }

    /** Returns L-BFGS with a history of 10 steps. */
    static Optimizer lbfgs() {
        return new Lbfgs((int) Hyperparameter.HISTORY.defaultValue());
    }
}
