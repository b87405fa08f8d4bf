/**
 * The one place where transcendental functions are computed and random numbers made, so that every machine has the same
 * bits.
 *
 * <p>Nothing else in Freshet that touches parameters or predictions may call {@code Math.exp}, {@code Math.log} or their kin,
 * or draw from another generator.
 */
@NullMarked
package io.freshet.learning.math;

import org.jspecify.annotations.NullMarked;
