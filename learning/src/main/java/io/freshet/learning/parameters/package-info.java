/**
 * Parameters, optimizer slots, and gradients as flat arrays, and the layout that addresses them.
 *
 * <p>Models decide the layout; optimizers only see the arrays.
 */
@NullMarked
package io.freshet.learning.parameters;

import org.jspecify.annotations.NullMarked;
