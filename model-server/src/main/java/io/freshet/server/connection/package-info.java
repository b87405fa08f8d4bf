/**
 * Connections before they are requests: how many there are, and how their bytes must arrive.
 *
 * <p>Handlers of Netty, installed below those of Vert.x. What a request means is decided in {@code http} and {@code grpc}.
 */
@NullMarked
package io.freshet.server.connection;

import org.jspecify.annotations.NullMarked;
