/**
 * The records of the closed loop: outcomes of answered requests with the rules for their values, and reports of what the join of a
 * model does and how good its answers were.
 *
 * <p>How outcomes become labels belongs in the join; evaluations and metrics are in {@code facts}.
 */
@NullMarked
package io.freshet.schemas.loop;

import org.jspecify.annotations.NullMarked;
