/**
 * Runs models: networks turn packed samples into logits, and gradients of logits into gradients of parameters.
 *
 * <p>A network holds scratch space and never parameters. The configuration of a model is in {@code model}.
 */
@NullMarked
package io.freshet.learning.network;

import org.jspecify.annotations.NullMarked;
