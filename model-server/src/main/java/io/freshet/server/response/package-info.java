/**
 * How responses of all routes and calls are sent: encoded, and bounded until their clients have read them.
 *
 * <p>What they contain is decided by the routes and calls.
 */
@NullMarked
package io.freshet.server.response;

import org.jspecify.annotations.NullMarked;
