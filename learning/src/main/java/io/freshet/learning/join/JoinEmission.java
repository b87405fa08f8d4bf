package io.freshet.learning.join;

import io.freshet.learning.features.Stage;

/**
 * One sample of a request.
 *
 * @param stage what the sample says about its label
 * @param label a label of the model
 * @param previous the last label emitted before, which {@code label} replaces; NaN unless the stage is {@link Stage#CHANGED}
 * @param time event time at which the label holds, milliseconds
 */
public record JoinEmission(Stage stage, double label, double previous, long time) {}
