/**
 * Rows of named fields, samples of encoded features, the running moments that standardize them, and the lineage of what
 * was learned.
 *
 * <p>Encoding a row as a sample is in {@code encode}; wire formats are in {@code schemas}.
 */
@NullMarked
package io.freshet.learning.features;

import org.jspecify.annotations.NullMarked;
