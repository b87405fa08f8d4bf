package io.freshet.server.http;

import io.freshet.server.body.RequestException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;

/**
 * A written response that may have to wait until its answer is logged.
 *
 * @param bytes of the response in memory
 * @param logged completes when it may be sent; fails if it must not
 */
public record LoggedAnswer<T>(T response, int bytes, CompletableFuture<Void> logged) {
    /** Returns the response once it may be sent. Called on the request's event loop; while it waits, the ticket holds its bytes. */
    public Future<T> await(Vertx vertx, Admission.Ticket ticket) {
        if (logged.isDone() && !logged.isCompletedExceptionally()) {
            return Future.succeededFuture(response);
        }
        try {
            ticket.hold(bytes);
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        return Future.fromCompletionStage(logged, vertx.getOrCreateContext()).map(response);
    }
}
