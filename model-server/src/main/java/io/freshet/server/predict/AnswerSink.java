package io.freshet.server.predict;

import io.freshet.server.request.InferRequest;
import java.util.concurrent.CompletableFuture;

/** Receives the answers to requests. Does not block. */
@FunctionalInterface
public interface AnswerSink {
    /** An answer that may be returned at once. */
    CompletableFuture<Void> AT_ONCE = CompletableFuture.completedFuture(null);

    /** Ignores all answers. */
    AnswerSink NONE = (response, shadow) -> AT_ONCE;

    /**
     * Receives the answer to a request that {@link #identify} returned.
     *
     * @param shadow whether the rows were predicted without being returned
     * @return completes when the answer may be returned; fails with a {@code RequestException} if it must not
     */
    CompletableFuture<Void> accept(InferResponse response, boolean shadow);

    /** Returns a request whose rows have the ids by which their answers are found. */
    default InferRequest identify(InferRequest request) {
        return request;
    }
}
