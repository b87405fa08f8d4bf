/**
 * The losses: value, gradient and link of each, fused and stable for large logits.
 *
 * <p>A loss is one file here and one line in {@code LossTable}; it knows nothing of models and optimizers.
 */
@NullMarked
package io.freshet.learning.loss;

import org.jspecify.annotations.NullMarked;
