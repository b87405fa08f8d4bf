/**
 * What is known of a model: evaluations, heartbeats of trainers, the state and the problems that follow from them, and
 * how fresh the model is. The only place that decides it.
 *
 * <p>What joins report is in {@code loop}.
 */
@NullMarked
package io.freshet.schemas.facts;

import org.jspecify.annotations.NullMarked;
