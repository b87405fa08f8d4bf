package io.freshet.learning.optimizer;

import java.util.Map;

/**
 * Turns a gradient into a change of the parameters, in place.
 *
 * <p>State is one flat array that holds each parameter and its slots. {@code slot} is the distance from a parameter to
 * its slot 0, from there to its slot 1, and so on; where they stand side by side is not an optimizer's concern. A step
 * touches only the coordinates that it is given: parameters and slots of the others stay as they are ("lazy").
 * Optimizers hold hyperparameters only; they are values, thread-safe, and allocate nothing.
 */
public sealed interface Optimizer permits Sgd, RmsProp {
    /** Returns the name in YAML, for example {@code rmsprop}. */
    String name();

    /** Returns how many numbers of state there are beside each parameter. All start at 0. */
    int slots();

    /** Returns the hyperparameters by their names in YAML, in the order to print them. */
    Map<String, Double> hyperparameters();

    /** Returns the learning rate that makes sense where none is given. */
    default double defaultLearningRate() {
        return 0.01;
    }

    /** Whether the optimizer applies L1 and L2 penalties itself. */
    default boolean penalises() {
        return false;
    }

    /** Computes what all coordinates of one update share, such as bias corrections, into {@code step}. */
    default void prepare(Step step) {}

    /**
     * Makes the slots fit parameters that were not learned: those that a network starts with, or that were brought from
     * elsewhere.
     *
     * @param learningRate of the next step
     */
    default void warmStart(float[] state, int slot, int from, int length, float learningRate) {}

    /**
     * Applies one update to {@code length} coordinates side by side.
     *
     * @param state parameters and slots
     * @param slot distance from a parameter to its slot 0
     * @param from index of the first parameter
     * @param length how many
     * @param gradient dLoss/dparameter, of the first one at {@code at}; not changed
     * @param step prepared by {@link #prepare}
     */
    void step(float[] state, int slot, int from, int length, float[] gradient, int at, Step step);

    /**
     * Applies one update to {@code count} coordinates that stand apart.
     *
     * @param stride parameter of row r is at {@code r * stride}
     * @param rows the rows touched, each once
     * @param gradient dLoss/dparameter, in the order of {@code rows}; not changed
     */
    void step(float[] state, int slot, int stride, int[] rows, int count, float[] gradient, Step step);

    /** Plain gradient descent. */
    static Optimizer sgd() {
        return new Sgd();
    }

    /** RMSProp with its usual decay 0.9 and epsilon 1e-8. */
    static Optimizer rmsProp() {
        return new RmsProp(0.9, 1e-8);
    }
}
