/**
 * Rows of named fields, samples of encoded features, and the running moments that standardize them.
 *
 * <p>Encoding a row as a sample is in {@code encode}; wire formats are in {@code schemas}.
 */
@NullMarked
package io.freshet.learning.features;

import org.jspecify.annotations.NullMarked;
