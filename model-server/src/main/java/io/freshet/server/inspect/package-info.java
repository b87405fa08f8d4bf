/**
 * What people ask about a model to understand it: which parameters moved, which records were rejected, what its specification,
 * keys, and classes are, and which values to try. Computed on request only.
 *
 * <p>What clients of the protocol ask is in {@code predict}.
 */
@NullMarked
package io.freshet.server.inspect;

import org.jspecify.annotations.NullMarked;
