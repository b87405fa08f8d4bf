package io.freshet.learning.optimizer;

import java.util.Map;

/**
 * Turns a gradient into a change of the parameters, in place.
 *
 * <p>State is one flat array {@code [parameters | slot 0 | slot 1 ...]}, each part of length n, so that coordinate c has
 * its slot s at n * (s + 1) + c. A step touches only the rows that it is given: slots of untouched coordinates stay as
 * they are ("lazy"). Optimizers hold hyperparameters only; they are values, thread-safe, and allocate nothing.
 */
public sealed interface Optimizer permits Sgd, RmsProp {
    /** Returns the name in YAML, for example {@code rmsprop}. */
    String name();

    /** Returns how many vectors of state there are beside the parameters. */
    int slots();

    /** Returns the hyperparameters by their names in YAML, in the order to print them. */
    Map<String, Double> hyperparameters();

    /**
     * Applies one update to {@code count} rows of the parameters.
     *
     * @param state length n * (1 + slots)
     * @param n parameters
     * @param rows the rows touched, each once
     * @param count how many of {@code rows} count
     * @param width coordinates in a row, contiguous: row r is [r * width, (r + 1) * width)
     * @param gradient dLoss/dparameter, length at least count * width, in the order of {@code rows}
     * @param learningRate &gt; 0
     */
    void step(float[] state, int n, int[] rows, int count, int width, float[] gradient, float learningRate);

    /** Plain gradient descent. */
    static Optimizer sgd() {
        return new Sgd();
    }

    /** RMSProp with its usual decay 0.9 and epsilon 1e-8. */
    static Optimizer rmsProp() {
        return new RmsProp(0.9, 1e-8);
    }
}
