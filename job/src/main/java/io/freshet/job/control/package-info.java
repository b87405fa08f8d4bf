/**
 * Delivers changes of specifications to every subtask of the source, between the same two checkpoint barriers, without a
 * network edge into the source's task.
 */
@NullMarked
package io.freshet.job.control;

import org.jspecify.annotations.NullMarked;
