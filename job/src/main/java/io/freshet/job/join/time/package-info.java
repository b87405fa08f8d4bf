/**
 * The event time of the join: how far each partition is, which of them are at their end, and which pause. What records and ids
 * mean is decided elsewhere.
 */
@NullMarked
package io.freshet.job.join.time;

import org.jspecify.annotations.NullMarked;
