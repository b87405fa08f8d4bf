package io.freshet.server.answers;

import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.predict.AnswerSink;
import io.freshet.server.predict.outputs.InferResponse;
import io.freshet.server.predict.versions.HashShare;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Logs a sample of the answered rows to a topic, one record per row, on a thread of its own.
 *
 * <p>{@link #accept} never blocks. While the broker is slow or gone, answers wait in a bounded amount of memory; what exceeds it is
 * dropped. Thread-safe.
 */
public final class AnswerLog implements AnswerSink, AutoCloseable {
    /** Rows that the broker acknowledged. */
    public static final String LOGGED = "logged";
    /** Rows that did not fit into memory, or that the broker did not acknowledge in time. */
    public static final String DROPPED = "dropped";

    private static final int SAMPLE_SEED = 0x616e73;
    /** Besides these, the producer has a buffer. */
    private static final long MAXIMUM_QUEUED_BYTES = 8L << 20;

    private static final long POLL_MILLIS = 100;
    private static final long CLOSE_MILLIS = 5_000;

    private final AnswerTopic topic;
    private final HashShare sample;
    private final ServerMetrics metrics;
    private final InstantSource clock;
    private final LinkedBlockingQueue<LoggedRows> queue = new LinkedBlockingQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final Thread thread = new Thread(this::run, "freshet-answers");
    private volatile boolean closed;

    /**
     * @param share of the ids to log, in (0, 1]
     * @param clock when rows are predicted
     */
    public AnswerLog(AnswerTopic topic, double share, ServerMetrics metrics, InstantSource clock) {
        this.topic = topic;
        this.metrics = metrics;
        this.clock = clock;
        sample = new HashShare(share, SAMPLE_SEED);
        metrics.answers(LOGGED, 0);
        metrics.answers(DROPPED, 0);
        thread.setDaemon(true);
        thread.start();
    }

    /** Logs the rows of an answer that are in the sample and have a prediction. */
    @Override
    public void accept(InferResponse response, boolean shadow) {
        LoggedRows answer = LoggedRows.of(response, shadow, sample, clock.millis());
        if (answer.rows().isEmpty()) {
            return;
        }
        if (queuedBytes.addAndGet(answer.bytes()) > MAXIMUM_QUEUED_BYTES) {
            drop(answer);
        } else {
            queue.add(answer);
        }
    }

    private void run() {
        try {
            while (!closed || !queue.isEmpty()) {
                LoggedRows answer = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (answer != null && !send(answer)) {
                    // Those that wait would keep their parameters in memory, however many versions have replaced them.
                    dropQueued();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns false if the topic cannot take more. */
    private boolean send(LoggedRows answer) {
        queuedBytes.addAndGet(-answer.bytes());
        int sent = 0;
        for (LoggedRows.Row row : answer.rows()) {
            sent++;
            byte[] key = row.id() == null ? null : row.id().getBytes(StandardCharsets.UTF_8);
            if (!topic.send(key, AnswerJson.write(answer, row), this::acknowledged)) {
                metrics.answers(DROPPED, answer.rows().size() - sent);
                return false;
            }
        }
        return true;
    }

    private void acknowledged(boolean success) {
        metrics.answers(success ? LOGGED : DROPPED, 1);
    }

    private void dropQueued() {
        List<LoggedRows> dropped = new ArrayList<>();
        queue.drainTo(dropped);
        dropped.forEach(this::drop);
    }

    private void drop(LoggedRows answer) {
        queuedBytes.addAndGet(-answer.bytes());
        metrics.answers(DROPPED, answer.rows().size());
    }

    /** Sends what waits, for a limited time. Called after the last request. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        topic.close();
    }
}
