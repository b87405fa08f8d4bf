/**
 * From named fields to coordinates: the row, the encoder that hashes it into a sample, and the running moments that standardise it.
 *
 * <p>The same code runs in the trainer and in the server; formats on the wire live in {@code schemas}.
 */
@NullMarked
package io.freshet.learning.features;

import org.jspecify.annotations.NullMarked;
