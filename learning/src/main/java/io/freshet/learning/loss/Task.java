package io.freshet.learning.loss;

/**
 * The kind of prediction that a loss requires, which determines the meaning of a prediction and the metrics that apply.
 */
public enum Task {
    /** Predicts one or more numbers, measured by squared error. */
    REGRESSION,
    /** Predicts the probability of label 1, for one or more independent labels. */
    BINARY,
    /** Predicts the probability of each class. */
    MULTICLASS,
    /** Predicts one or more numbers, measured by a loss other than squared error. */
    NUMBER,
    /** Predicts a score whose sign separates label 1 from 0. */
    MARGIN,
    /** Predicts the probability of each element of a mask. */
    MASK,
    /** Predicts a box (x1, y1, x2, y2). */
    BOX,
    /** Predicts the probability of each class, at each step. */
    SEQUENCE;

    /** Returns whether metrics need the weight of each of K classes. */
    public boolean hasClasses() {
        return this == MULTICLASS || this == SEQUENCE;
    }

    /** Returns whether a threshold on the logit separates the labels. */
    public boolean isBinary() {
        return this == BINARY || this == MARGIN;
    }

    /** Returns whether a prediction is measured by its distance from the label. */
    public boolean isNumber() {
        return this == REGRESSION || this == NUMBER;
    }
}
