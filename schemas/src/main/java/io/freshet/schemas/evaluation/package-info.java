/**
 * Evaluations: the records of the metrics topic.
 *
 * <p>The metrics are computed in {@code learning.evaluation}.
 */
@NullMarked
package io.freshet.schemas.evaluation;

import org.jspecify.annotations.NullMarked;
