/**
 * The optimizers: each a fused loop over parameters and slots.
 *
 * <p>An optimizer is one file here and one line in {@code OptimizerTable}; it knows nothing of losses and models.
 */
@NullMarked
package io.freshet.learning.optimizer;

import org.jspecify.annotations.NullMarked;
