/**
 * The load: topics, models, and samples from a seed, sent at a steady rate.
 *
 * <p>The expected results belong in {@code oracle}.
 */
@NullMarked
package io.freshet.faults.load;

import org.jspecify.annotations.NullMarked;
