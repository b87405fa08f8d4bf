/**
 * Fault tests: a real cluster is killed, paused, starved of disk, and rescaled under load, and compared bit by bit with
 * an oracle.
 *
 * <p>Nothing here is shipped, and tests of a single module belong in that module.
 */
@NullMarked
package io.freshet.faults;

import org.jspecify.annotations.NullMarked;
