/**
 * Learning-rate schedules: pure functions of the update count and of a memory of past windows.
 *
 * <p>A schedule is one file here and one line in {@code ScheduleTable}. Schedules do not depend on optimizers or
 * learners.
 */
@NullMarked
package io.freshet.learning.schedule;

import org.jspecify.annotations.NullMarked;
