/**
 * The optimizers, each a fused loop over parameters and slots.
 *
 * <p>An optimizer is one file here and one line in {@code OptimizerTable}. Models and schedules are not used here, and losses
 * only by {@link io.freshet.learning.optimizer.LookAhead}.
 */
@NullMarked
package io.freshet.learning.optimizer;

import org.jspecify.annotations.NullMarked;
