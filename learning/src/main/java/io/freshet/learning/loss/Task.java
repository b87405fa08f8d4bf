package io.freshet.learning.loss;

/** What a loss makes of a model, and so which metrics apply and what a prediction is. */
public enum Task {
    /** Predicts a number, or several, by their squared errors. */
    REGRESSION,
    /** Predicts the probability of label 1, or of several independent labels. */
    BINARY,
    /** Predicts the probability of each class. */
    MULTICLASS,
    /** Predicts a number, or several, by another measure than the squared error. */
    NUMBER,
    /** Predicts a score whose sign tells label 1 from 0. */
    MARGIN,
    /** Predicts for each place of a mask the probability that it belongs to it. */
    MASK,
    /** Predicts a box (x1, y1, x2, y2). */
    BOX,
    /** Predicts the probability of each class, at each step. */
    SEQUENCE;

    /** Whether a sample's metrics need the weight of each class: of one class of K. */
    public boolean hasClasses() {
        return this == MULTICLASS || this == SEQUENCE;
    }

    /** Whether labels are told apart by a threshold on the logit. */
    public boolean isBinary() {
        return this == BINARY || this == MARGIN;
    }

    /** Whether a prediction is measured by its distance from the label. */
    public boolean isNumber() {
        return this == REGRESSION || this == NUMBER;
    }
}
