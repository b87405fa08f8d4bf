/**
 * HTTP routes, authentication, admission, and what Netty reads: limits on connections, request heads, and frames.
 *
 * <p>Parsing of inference requests is in {@code request}; predictions are in {@code predict}.
 */
@NullMarked
package io.freshet.server.http;

import org.jspecify.annotations.NullMarked;
