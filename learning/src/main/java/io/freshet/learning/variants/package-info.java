/**
 * Variants of a specification for {@code compare}.
 *
 * <p>The specification itself is in {@code spec}.
 */
@NullMarked
package io.freshet.learning.variants;

import org.jspecify.annotations.NullMarked;
