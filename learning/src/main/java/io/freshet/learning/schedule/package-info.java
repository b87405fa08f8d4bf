/**
 * The learning-rate schedules: pure functions of the updates made, and of what a schedule remembers of the windows before.
 *
 * <p>A schedule is one file here and one line in {@code ScheduleTable}; it knows nothing of optimizers and learners.
 */
@NullMarked
package io.freshet.learning.schedule;

import org.jspecify.annotations.NullMarked;
