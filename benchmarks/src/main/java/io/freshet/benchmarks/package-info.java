/**
 * JMH benchmarks of the code that runs for every sample.
 *
 * <p>Whole runs of the job belong in {@code state}. No other module may depend on this one, and nothing here may be the
 * only test of a behavior.
 */
@NullMarked
package io.freshet.benchmarks;

import org.jspecify.annotations.NullMarked;
