/**
 * Encodes a row as a sample for one model: reads fields, hashes categories, and checks the label.
 *
 * <p>The encoded types and the running moments are in {@code features}.
 */
@NullMarked
package io.freshet.learning.encode;

import org.jspecify.annotations.NullMarked;
