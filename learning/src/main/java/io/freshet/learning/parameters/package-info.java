/**
 * Parameters, optimizer slots, and gradients as flat arrays, and the layout that addresses them.
 *
 * <p>Models choose the layout; computations with the arrays are in {@code network} and {@code optimizer}.
 */
@NullMarked
package io.freshet.learning.parameters;

import org.jspecify.annotations.NullMarked;
