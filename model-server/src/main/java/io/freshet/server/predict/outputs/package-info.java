/**
 * The outputs of a model, and their values as JSON or binary tensors. What computes them is in {@code predict}.
 */
@NullMarked
package io.freshet.server.predict.outputs;

import org.jspecify.annotations.NullMarked;
