/**
 * What the trainer does with a model, and how fresh the model is: the only place that decides it.
 *
 * <p>The records that it is decided from belong in {@code evaluation} and {@code heartbeat}.
 */
@NullMarked
package io.freshet.schemas.freshness;

import org.jspecify.annotations.NullMarked;
