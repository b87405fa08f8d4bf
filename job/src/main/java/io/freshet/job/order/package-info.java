/**
 * Decides when a sample may be learned: active specifications, buffered samples, and strict partition order.
 *
 * <p>The round-robin rule itself is in {@code learning.order}.
 */
@NullMarked
package io.freshet.job.order;

import org.jspecify.annotations.NullMarked;
