/**
 * The losses: the value, gradient and link of each, fused and stable for large logits.
 *
 * <p>A loss is one file here and one line in {@code LossTable}. Models and optimizers are not used here.
 */
@NullMarked
package io.freshet.learning.loss;

import org.jspecify.annotations.NullMarked;
