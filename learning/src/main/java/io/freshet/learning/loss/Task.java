package io.freshet.learning.loss;

/** What a loss makes of a model, and so which metrics apply and what a prediction is. */
public enum Task {
    /** Predicts a number. */
    REGRESSION,
    /** Predicts the probability of label 1. */
    BINARY,
    /** Predicts the probability of each class. */
    MULTICLASS
}
