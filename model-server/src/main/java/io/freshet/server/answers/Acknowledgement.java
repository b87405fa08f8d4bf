package io.freshet.server.answers;

import io.freshet.server.body.RequestException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** What a request waits for: the broker has all its rows, or the first failure, or a deadline. Thread-safe. */
final class Acknowledgement {
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    /** Rows without an acknowledgement, and 1 until all rows are known. */
    private final AtomicInteger missing = new AtomicInteger(1);

    void expectRow() {
        missing.incrementAndGet();
    }

    /** A row is acknowledged, or all rows are known. */
    void acknowledged() {
        if (missing.decrementAndGet() == 0) {
            done.complete(null);
        }
    }

    void fail(RequestException failure) {
        done.completeExceptionally(failure);
    }

    /** Returns whether nobody waits any more. */
    boolean isDone() {
        return done.isDone();
    }

    /** Returns what completes in time, or fails with a {@link RequestException}. */
    CompletableFuture<Void> within(Duration deadline, RequestException late) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        done.orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS).whenComplete((nothing, failure) -> {
            if (failure == null) {
                result.complete(null);
            } else {
                result.completeExceptionally(failure instanceof TimeoutException ? late : failure);
            }
        });
        return result;
    }
}
