/**
 * Samples packed for matrix arithmetic.
 *
 * <p>Encoding a row as a sample is in {@code encode}; computing with a batch is in {@code network}.
 */
@NullMarked
package io.freshet.learning.batch;

import org.jspecify.annotations.NullMarked;
