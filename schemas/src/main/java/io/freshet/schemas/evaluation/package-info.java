/**
 * Evaluations: the records of the metrics topic.
 *
 * <p>Metrics are computed in {@code learning.evaluation}, not here.
 */
@NullMarked
package io.freshet.schemas.evaluation;

import org.jspecify.annotations.NullMarked;
