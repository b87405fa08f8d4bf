package io.freshet.learning.optimizer;

/**
 * The function to minimize over a whole data set: the mean loss plus its smooth penalties, as a function of the
 * parameters.
 */
@FunctionalInterface
public interface Objective {
    /**
     * Evaluates the current parameters of the state.
     *
     * @param gradient receives the derivative of the result with respect to each parameter, length n
     * @return the loss; not finite if the loss or its gradient is not
     */
    double evaluate(float[] gradient);
}
