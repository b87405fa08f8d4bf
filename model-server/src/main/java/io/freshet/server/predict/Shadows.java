package io.freshet.server.predict;

import io.freshet.server.body.RequestException;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.request.InferRequest;
import io.freshet.server.store.ServedModel;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Predicts requests again with the versions labeled {@code shadow}, on a thread of its own, and compares the predictions with
 * those that were returned. While the thread is busy, a bounded number of requests waits, and the others are dropped. Thread-safe.
 */
public final class Shadows implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Shadows.class);
    private static final String PREDICTED = "predicted";
    private static final String DROPPED = "dropped";
    /** The request does not fit the specification of the shadow, or its predictions are not finite. */
    private static final String FAILED = "failed";

    private static final int MAXIMUM_QUEUED = 256;
    private static final long MAXIMUM_QUEUED_BYTES = 16L << 20;
    private static final long CLOSE_SECONDS = 5;

    private final Inference inference;
    private final ServerMetrics metrics;
    private final AnswerSink answers;
    private final AtomicLong queuedBytes = new AtomicLong();
    private final ThreadPoolExecutor thread =
            new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAXIMUM_QUEUED), task -> {
                Thread created = new Thread(task, "freshet-shadow");
                created.setDaemon(true);
                return created;
            });

    /** @param answers receives the predictions */
    public Shadows(Inference inference, ServerMetrics metrics, AnswerSink answers) {
        this.inference = inference;
        this.metrics = metrics;
        this.answers = answers;
    }

    /**
     * Predicts a request with the shadows of its keys, later and if there are any.
     *
     * @param served the response to the request, with versions that it did not name
     */
    public void predict(ServedModel model, InferRequest request, InferResponse served) {
        Map<String, RowSource> shadows = shadows(model, request, served);
        if (shadows.isEmpty()) {
            return;
        }
        long bytes = request.bytes() + served.rows().predictionBytes();
        if (queuedBytes.addAndGet(bytes) > MAXIMUM_QUEUED_BYTES) {
            drop(model, bytes);
            return;
        }
        try {
            thread.execute(() -> {
                queuedBytes.addAndGet(-bytes);
                predict(model, request.withoutOutputs(), shadows, served.rows().predictions());
            });
        } catch (RejectedExecutionException e) {
            drop(model, bytes);
        }
    }

    /** Returns the shadows of the keys that have one and in whose share the request is, by key. */
    private static Map<String, RowSource> shadows(ServedModel model, InferRequest request, InferResponse served) {
        if (!model.hasLabels()) {
            return Map.of();
        }
        Map<String, RowSource> shadows = new HashMap<>();
        for (RowSource source : served.rows().sources()) {
            String key = source.set() == null ? null : source.set().snapshot().key();
            if (key != null && !shadows.containsKey(key)) {
                RowSource shadow = Route.shadow(model, key, request);
                if (shadow != null) {
                    shadows.put(key, shadow);
                }
            }
        }
        return shadows;
    }

    private void predict(ServedModel model, InferRequest request, Map<String, RowSource> shadows, float[][] served) {
        try {
            InferResponse predicted = inference.infer(
                    model, null, (same, key) -> shadows.getOrDefault(key, RowSource.none("no shadow")), request);
            answers.accept(predicted, true);
            metrics.shadow(model.name(), PREDICTED);
            compare(model.name(), predicted.rows().predictions(), served);
        } catch (RequestException e) {
            metrics.shadow(model.name(), FAILED);
            log.debug("model {}: the shadow cannot predict a request", model.name(), e);
        } catch (RuntimeException e) {
            metrics.shadow(model.name(), FAILED);
            log.error("model {}: the shadow failed", model.name(), e);
        }
    }

    /** Records the mean absolute difference of the numbers of each row that both have predicted. */
    private void compare(String model, float[][] shadow, float[][] served) {
        for (int row = 0; row < shadow.length; row++) {
            float[] one = shadow[row];
            float[] other = served[row];
            if (one.length > 0 && one.length == other.length) {
                double sum = 0;
                for (int i = 0; i < one.length; i++) {
                    sum += Math.abs((double) one[i] - other[i]);
                }
                metrics.shadowDifference(model, sum / one.length);
            }
        }
    }

    private void drop(ServedModel model, long bytes) {
        queuedBytes.addAndGet(-bytes);
        metrics.shadow(model.name(), DROPPED);
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                log.warn("shadow predictions: not finished after {} s", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
