/**
 * What the join of a model reports about requests, their outcomes, and the answers that were served.
 *
 * <p>Counting and scoring belong to the job.
 */
@NullMarked
package io.freshet.schemas.loop;

import org.jspecify.annotations.NullMarked;
