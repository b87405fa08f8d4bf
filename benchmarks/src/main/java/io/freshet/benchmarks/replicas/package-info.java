/**
 * Measures how well replicas of one model learn at equal samples, with the rule of {@code learning.replica} in memory.
 *
 * <p>Measurements of speed do not belong here: the replicas take turns on one thread.
 */
@NullMarked
package io.freshet.benchmarks.replicas;

import org.jspecify.annotations.NullMarked;
