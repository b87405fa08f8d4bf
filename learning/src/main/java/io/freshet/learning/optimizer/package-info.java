/**
 * The optimizers, each a fused loop over parameters and slots.
 *
 * <p>An optimizer is one file here and one line in {@code OptimizerTable}. Losses, models and schedules are not used
 * here.
 */
@NullMarked
package io.freshet.learning.optimizer;

import org.jspecify.annotations.NullMarked;
