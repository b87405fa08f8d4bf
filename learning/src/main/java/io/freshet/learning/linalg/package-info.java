/**
 * Dense matrix arithmetic on {@code float[]}, computed by OpenBLAS without copies.
 *
 * <p>Everything that depends on native libraries is here; layers, activations, and state are in {@code network}.
 */
@NullMarked
package io.freshet.learning.linalg;

import org.jspecify.annotations.NullMarked;
