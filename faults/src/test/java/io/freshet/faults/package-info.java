/**
 * Faults to survive: a real cluster in several JVMs, killed, stopped, starved of disk and rescaled under load; and a plain
 * loop over the same samples, which says to the bit what it must have learned. Nothing here is shipped.
 */
@NullMarked
package io.freshet.faults;

import org.jspecify.annotations.NullMarked;
