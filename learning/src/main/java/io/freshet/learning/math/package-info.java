/**
 * Transcendental functions and random numbers with the same bits on every machine, exact decimal numbers, matrix
 * products, and the threads that share the loops of a batch.
 *
 * <p>No other code that affects parameters or predictions may call {@code Math.exp}, {@code Math.log}, and similar
 * functions, or use another random number generator.
 */
@NullMarked
package io.freshet.learning.math;

import org.jspecify.annotations.NullMarked;
