/**
 * Records what a state has learned from: offsets, specifications, partition order, and incarnation.
 *
 * <p>Reading a lineage back to replay it is in the {@code cli}.
 */
@NullMarked
package io.freshet.learning.lineage;

import org.jspecify.annotations.NullMarked;
