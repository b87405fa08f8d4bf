/**
 * The rule for snapshots that are not good enough to be served, by their own metrics.
 */
@NullMarked
package io.freshet.server.gate;

import org.jspecify.annotations.NullMarked;
