/**
 * Outcomes of answered requests: the records of the outcomes topic, and the rules for their values.
 *
 * <p>How outcomes become labels belongs in the join.
 */
@NullMarked
package io.freshet.schemas.loop;

import org.jspecify.annotations.NullMarked;
