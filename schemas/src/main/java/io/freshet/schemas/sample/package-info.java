/**
 * Encodes and decodes samples: the records of the samples topic.
 *
 * <p>Other formats of that topic belong in {@code json} and {@code confluent}.
 */
@NullMarked
package io.freshet.schemas.sample;

import org.jspecify.annotations.NullMarked;
