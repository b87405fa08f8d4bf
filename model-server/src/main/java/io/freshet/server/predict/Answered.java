package io.freshet.server.predict;

import java.util.concurrent.CompletableFuture;

/**
 * A response, and when it may be returned.
 *
 * @param logged completes when it may; fails with a {@code RequestException} if it must not
 */
public record Answered(InferResponse response, CompletableFuture<Void> logged) {}
