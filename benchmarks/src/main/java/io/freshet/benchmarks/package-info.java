/**
 * JMH benchmarks of the code that runs for every sample, and the processes that whole runs start.
 *
 * <p>Whole runs belong in {@code bench} and {@code serving}. No other module may depend on this one, and nothing here may be the
 * only test of a behavior.
 */
@NullMarked
package io.freshet.benchmarks;

import org.jspecify.annotations.NullMarked;
