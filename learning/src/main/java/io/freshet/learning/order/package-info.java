/**
 * The order in which samples of several partitions are learned, as a function of the samples and of durable decisions. Knows
 * only partition numbers; buffering samples belongs to the job, and recording the order to {@code lineage}.
 */
@NullMarked
package io.freshet.learning.order;

import org.jspecify.annotations.NullMarked;
