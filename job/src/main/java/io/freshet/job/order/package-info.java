/**
 * Decides when a sample is learned: buffered samples, and the turns of {@code order: strict}.
 *
 * <p>The round-robin rule itself is in {@code io.freshet.learning.stream}.
 */
@NullMarked
package io.freshet.job.order;

import org.jspecify.annotations.NullMarked;
