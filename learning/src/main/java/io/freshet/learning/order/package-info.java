/**
 * In which order the samples of several partitions are learned, as a function of the samples and of decisions that are made
 * durable before they are used.
 *
 * <p>What came of it is kept as rounds ({@code Interleaving}), so that it can be learned again. Knows no samples, only the numbers of their partitions; where they wait is the job's business.
 */
@NullMarked
package io.freshet.learning.order;

import org.jspecify.annotations.NullMarked;
