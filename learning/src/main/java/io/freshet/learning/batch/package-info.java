/**
 * Samples packed for matrix arithmetic.
 *
 * <p>Encoding a record as a sample is in {@code encode}.
 */
@NullMarked
package io.freshet.learning.batch;

import org.jspecify.annotations.NullMarked;
