/**
 * Variants of a specification for {@code compare}, and differences between two specifications for {@code apply}.
 *
 * <p>The specification itself is in {@code spec}.
 */
@NullMarked
package io.freshet.learning.variants;

import org.jspecify.annotations.NullMarked;
