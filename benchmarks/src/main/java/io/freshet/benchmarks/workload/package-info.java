/**
 * Generated samples to measure with, in each format, and the models that learn them.
 *
 * <p>How they are measured is in {@code bench}.
 */
@NullMarked
package io.freshet.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
