/**
 * Heartbeats of trainers; what the trainer does with a model, and how fresh the model is: the only place that decides it.
 *
 * <p>Evaluations, from which it is decided too, belong in {@code evaluation}.
 */
@NullMarked
package io.freshet.schemas.freshness;

import org.jspecify.annotations.NullMarked;
