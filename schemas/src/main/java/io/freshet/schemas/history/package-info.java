/**
 * Records of the history topic: the lineage of each snapshot, and each specification used for training.
 *
 * <p>Parameters belong in {@code snapshot}.
 */
@NullMarked
package io.freshet.schemas.history;

import org.jspecify.annotations.NullMarked;
