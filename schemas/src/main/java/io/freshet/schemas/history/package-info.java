/**
 * Records of the history topic: what each snapshot learned from, and each specification trained with.
 *
 * <p>Parameters belong in {@code snapshot}.
 */
@NullMarked
package io.freshet.schemas.history;

import org.jspecify.annotations.NullMarked;
