/**
 * The one place where transcendental functions are computed, so that every machine computes the same bits.
 *
 * <p>Nothing else in Freshet that touches parameters or predictions may call {@code Math.exp}, {@code Math.log} or their kin.
 */
@NullMarked
package io.freshet.learning.math;

import org.jspecify.annotations.NullMarked;
