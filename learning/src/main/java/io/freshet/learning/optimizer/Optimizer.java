package io.freshet.learning.optimizer;

import java.util.Map;

/**
 * Turns a gradient into a change of the parameters, in place.
 *
 * <p>State is an array of parameters and one for each slot, or a single one that holds each parameter and its slots: then
 * {@code slot} is the distance from a parameter to its slot 0, and from there to its slot 1; otherwise it is 0, and all of
 * a parameter has one index. A step touches only the coordinates that it is given: parameters and slots of the others stay
 * as they are ("lazy"). Optimizers hold hyperparameters only; they are values, thread-safe, and allocate nothing for a
 * step. Each has its formula twice, in the same order of arithmetic: once for stretches of arrays in which all of a
 * coordinate has one index, which the compiler turns into vector instructions, and once for coordinates of a single array
 * that stand apart. Both give the same bits: {@code OptimizerContractTest}.
 */
public sealed interface Optimizer permits AdaGrad, Adam, AdamW, Ftrl, Lbfgs, Momentum, Nesterov, RmsProp, Sgd {
    /** Returns the name in YAML, for example {@code rmsprop}. */
    String name();

    /** Returns how many numbers of state there are beside each parameter. All start at 0. */
    int slots();

    /** Returns the hyperparameters by their names in YAML, in the order to print them. */
    Map<String, Object> hyperparameters();

    /** Returns the learning rate that makes sense where none is given. */
    default double defaultLearningRate() {
        return 0.01;
    }

    /** Returns the learning rate above which parameters grow by themselves, whatever the gradient; infinite if there is none. */
    default double largestLearningRate() {
        return Double.POSITIVE_INFINITY;
    }

    /** Whether the optimizer applies L1 and L2 penalties itself. */
    default boolean penalizes() {
        return false;
    }

    /** Whether it must evaluate the loss of a whole data set as often as it likes, and so steps by {@link #minimize} alone. */
    default boolean needsObjective() {
        return false;
    }

    /** Computes what all coordinates of one update share, such as bias corrections, into {@code step}. */
    default void prepare(Step step) {}

    /**
     * Makes the slots fit parameters that were not learned: those that a network starts with, or that were brought from
     * elsewhere.
     *
     * @param state parameters and slots
     * @param slot distance from a parameter to its slot 0; 0 if slots are in arrays of their own
     * @param from index of the first parameter
     * @param length how many, side by side
     * @param learningRate of the next step
     */
    default void warmStart(float[][] state, int slot, int from, int length, float learningRate) {}

    /**
     * Applies one update to {@code length} coordinates side by side.
     *
     * @param state parameters and slots
     * @param slot distance from a parameter to its slot 0; 0 if slots are in arrays of their own
     * @param from index of the first parameter
     * @param length how many
     * @param gradient dLoss/dparameter, of the first one at {@code at}; not changed
     * @param step prepared by {@link #prepare}
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
     * Applies one update to rows of {@code width} coordinates side by side. Narrow ones are so many coordinates that stand
     * apart: all in one loop, or gathered first if their slots are in arrays of their own.
     *
     * @param stride row r starts at {@code r * stride}
     * @param rows the rows touched, each once
     * @param count how many
     * @param gradient dLoss/dparameter: row i has [i * width, (i + 1) * width); not changed
     */
    default void stepRows(
            float[][] state, int slot, int stride, int[] rows, int count, int width, float[] gradient, Step step) {
        if (width >= Tile.WORTHWHILE) {
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
            stepApart(state, coordinates, count * width, gradient, step);
        }
    }

    private void stepApart(float[][] state, int[] coordinates, int length, float[] gradient, Step step) {
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
     * Applies one update to coordinates [from, to) of arrays in which all of a coordinate has one index.
     *
     * @param theta parameters
     * @param gradient dLoss/dparameter; not changed
     * @param first slot 0 of each parameter; any array if there is none
     * @param second slot 1 of each parameter; any array if there is none
     */
    void step(float[] theta, float[] gradient, float[] first, float[] second, int from, int to, Step step);

    /**
     * Applies one update to coordinates of a single array that stand apart, by a gradient that may still have to be
     * multiplied. A product of -0 counts as 0, as any sum of products that starts at 0 does.
     *
     * @param stride parameter of row r is at {@code r * stride}
     * @param rows the rows touched are those of [from, to), each once
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
     * Applies one update to all parameters, whose slots are in arrays of their own, by the loss of a whole data set: where
     * not said otherwise, one step by its gradient.
     */
    default void minimize(float[][] state, Objective objective, Step step) {
        int length = state[0].length;
        float[] gradient = step.vector(0, length);
        objective.evaluate(gradient);
        step(state, 0, 0, length, gradient, 0, step);
    }

    /** Plain gradient descent. */
    static Optimizer sgd() {
        return new Sgd();
    }

    /** Gradient descent with momentum 0.9. */
    static Optimizer momentum() {
        return new Momentum(Hyperparameter.MOMENTUM.defaultValue());
    }

    /** Nesterov's accelerated gradient with momentum 0.9. */
    static Optimizer nesterov() {
        return new Nesterov(Hyperparameter.MOMENTUM.defaultValue());
    }

    /** AdaGrad with epsilon 1e-8. */
    static Optimizer adaGrad() {
        return new AdaGrad(Hyperparameter.EPSILON.defaultValue());
    }

    /** RMSProp with its usual decay 0.9 and epsilon 1e-8. */
    static Optimizer rmsProp() {
        return new RmsProp(Hyperparameter.DECAY.defaultValue(), Hyperparameter.EPSILON.defaultValue());
    }

    /** Adam with its usual decays 0.9 and 0.999 and epsilon 1e-8. */
    static Optimizer adam() {
        return new Adam(
                Hyperparameter.BETA1.defaultValue(),
                Hyperparameter.BETA2.defaultValue(),
                Hyperparameter.EPSILON.defaultValue());
    }

    /** Adam as above with a weight decay of 0.01. */
    static Optimizer adamW() {
        return new AdamW(
                Hyperparameter.BETA1.defaultValue(),
                Hyperparameter.BETA2.defaultValue(),
                Hyperparameter.EPSILON.defaultValue(),
                Hyperparameter.WEIGHT_DECAY.defaultValue());
    }

    /** FTRL-Proximal with beta 1. */
    static Optimizer ftrl(double l1, double l2) {
        return new Ftrl(Hyperparameter.BETA.defaultValue(), l1, l2);
    }

    /** L-BFGS that remembers 10 steps. */
    static Optimizer lbfgs() {
        return new Lbfgs((int) Hyperparameter.HISTORY.defaultValue());
    }
}
