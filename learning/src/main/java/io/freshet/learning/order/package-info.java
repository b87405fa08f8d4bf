/**
 * The order in which samples of several partitions are learned, as a function of the samples and of durable decisions.
 *
 * <p>Deals only with partition numbers: the job buffers samples, and {@code lineage} records the order.
 */
@NullMarked
package io.freshet.learning.order;

import org.jspecify.annotations.NullMarked;
