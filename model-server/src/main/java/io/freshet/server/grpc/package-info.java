/**
 * The Open Inference Protocol over gRPC, its health service, and reflection.
 *
 * <p>Rules about requests and models are not here: they are those of REST, in {@code http}, {@code request}, and {@code
 * predict}.
 */
@NullMarked
package io.freshet.server.grpc;

import org.jspecify.annotations.NullMarked;
