/**
 * Savepoints: upgrades, rescaling, and compatibility with stored ones.
 *
 * <p>Failures of a running job belong in {@code chaos} and {@code checkpoint}.
 */
@NullMarked
package io.freshet.faults.upgrade;

import org.jspecify.annotations.NullMarked;
