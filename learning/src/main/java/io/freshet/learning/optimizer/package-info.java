/**
 * The optimizers, each a fused loop over parameters and slots, and the schedules of their rates.
 *
 * <p>An optimizer or a schedule is one file here and one line in {@code OptimizerTable} or {@code ScheduleTable}. Models
 * are not used here, and losses only by {@link io.freshet.learning.optimizer.LookAhead}.
 */
@NullMarked
package io.freshet.learning.optimizer;

import org.jspecify.annotations.NullMarked;
