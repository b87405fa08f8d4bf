package io.freshet.server.http;

import io.freshet.learning.spec.ModelSpec;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;

/**
 * Runs the predictions of both protocols: small requests on the event loop; large ones, and requests to a neural
 * network, on a worker.
 */
public final class InferExecutor {
    /** A body of this size takes about a millisecond if each of its rows reads few parameters. */
    private static final int SMALL_BYTES = 16 * 1024;
    /** Limits the logits per row: a small body can still ask for many outputs. */
    private static final int FEW_PREDICTIONS = 16;

    private final WorkerExecutor workers;

    public InferExecutor(WorkerExecutor workers) {
        this.workers = workers;
    }

    /** Returns whether a request may run on the event loop, by the bytes of its body. */
    public static boolean isSmall(int bytes) {
        return bytes <= SMALL_BYTES;
    }

    /** Returns whether a request to a model may run on the event loop. */
    public static boolean isSmall(ModelSpec spec, int bytes) {
        return isSmall(bytes)
                && spec.logitCount() <= FEW_PREDICTIONS
                && spec.model().isTable();
    }

    /** @param small whether to run on the event loop */
    public <T> Future<T> run(boolean small, Callable<T> predict) {
        if (!small) {
            return workers.executeBlocking(predict, false);
        }
        try {
            return Future.succeededFuture(predict.call());
        } catch (Throwable e) {
            // Catches everything, as executeBlocking does: the request must get a response and release its ticket.
            return Future.failedFuture(e);
        }
    }
}
