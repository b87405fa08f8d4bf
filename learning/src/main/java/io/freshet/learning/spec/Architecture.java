package io.freshet.learning.spec;

import io.freshet.learning.loss.Loss;
import io.freshet.learning.model.InputShape;
import io.freshet.learning.model.Model;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.feature.FeatureSpec;

/**
 * The features, model, and loss of a specification: everything that determines the shape and the meaning of the parameters.
 *
 * @param features encoded features of a sample
 * @param model model type and its hyperparameters
 * @param outputs number of classes of a classifier, or targets of a regression, K
 * @param loss minimized loss
 * @param clamps whether predictions are limited to the range of the labels learned; changes no parameter
 * @param seed seed of the feature hashes and of all random numbers
 */
public record Architecture(FeatureSpec features, Model model, int outputs, Loss loss, boolean clamps, long seed) {
    /** More ranges of labels would make every snapshot of a small model large. */
    private static final int MOST_RANGES = 1000;

    /** Returns whether predictions are limited by default: with an optimizer that looks ahead, if the loss allows it. */
    static boolean clampsByDefault(Loss loss, Optimizer optimizer, int outputs) {
        return optimizer.looksAhead() && loss.predictsMean() && outputs <= MOST_RANGES;
    }

    InputShape inputShape() {
        return new InputShape(features.numbers(), features.buckets(), features.hashedFields());
    }
}
