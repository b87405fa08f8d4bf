package io.freshet.learning.optimizer;

/** What is minimised over a whole data set: the mean loss, with its smooth penalties, as a function of the parameters. */
@FunctionalInterface
public interface Objective {
    /**
     * Evaluates the parameters that the state has now.
     *
     * @param gradient receives the derivative of what is returned by each parameter, length n
     * @return the loss; not finite if it, or its gradient, is not
     */
    double evaluate(float[] gradient);
}
