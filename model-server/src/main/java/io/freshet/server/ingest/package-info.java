/**
 * Follows the topics: parameters into the store, evaluations onto the scoreboard.
 *
 * <p>A bad record is counted and passed over; no request is answered here.
 */
@NullMarked
package io.freshet.server.ingest;

import org.jspecify.annotations.NullMarked;
