package io.freshet.server.answers;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.body.RequestException;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.predict.AnswerSink;
import io.freshet.server.predict.HashShare;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.RowIds;
import io.freshet.server.request.InferRequest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Logs a sample of the answered rows to a topic, one record per row, on a thread of its own.
 *
 * <p>{@link #accept} never blocks. While the broker is slow or gone, records wait in a bounded amount of memory; what exceeds it is
 * dropped. If answers are required, the request fails instead. Thread-safe.
 */
public final class AnswerLog implements AnswerSink, AutoCloseable {
    /** Rows that the broker acknowledged. */
    public static final String LOGGED = "logged";
    /** Rows that did not fit into memory, that the broker did not acknowledge in time, or without a valid time. */
    public static final String DROPPED = "dropped";
    /** Rows whose record is larger than Freshet writes. */
    public static final String TOO_LARGE = "too-large";
    /** Rows whose id no outcome can have. */
    public static final String INVALID_ID = "invalid-id";

    private static final int SAMPLE_SEED = 0x616e73;
    /** Besides these, the producer has a buffer. */
    private static final long MAXIMUM_QUEUED_BYTES = 8L << 20;

    private static final long POLL_MILLIS = 100;
    private static final long CLOSE_MILLIS = 5_000;

    private final AnswerTopic topic;
    private final AnswerPolicy policy;
    private final Function<ModelSpec, @Nullable ModelSpec> joined;
    private final HashShare sample;
    private final FieldNotices notices;
    private final ServerMetrics metrics;
    private final InstantSource clock;
    private final RequestIds ids = new RequestIds();
    private final LinkedBlockingQueue<Waiting> queue = new LinkedBlockingQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final Thread thread = new Thread(this::run, "freshet-answers");
    private volatile boolean closed;

    /**
     * A record that waits to be sent.
     *
     * @param acknowledgement of its request; null if none waits for it
     */
    private record Waiting(AnswerRecord record, @Nullable Acknowledgement acknowledgement) {
        long bytes() {
            return record.bytes();
        }
    }

    /**
     * @param joined the specification by which the join reads requests to a model with this served one; null if it has no join
     * @param clock when rows are predicted
     */
    public AnswerLog(
            AnswerTopic topic,
            AnswerPolicy policy,
            Function<ModelSpec, @Nullable ModelSpec> joined,
            ServerMetrics metrics,
            InstantSource clock) {
        this.topic = topic;
        this.policy = policy;
        this.joined = joined;
        this.metrics = metrics;
        this.clock = clock;
        sample = new HashShare(policy.share(), SAMPLE_SEED);
        notices = new FieldNotices(policy.fields());
        for (String result : List.of(LOGGED, DROPPED, TOO_LARGE, INVALID_ID)) {
            metrics.answers(result, 0);
        }
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public InferRequest identify(InferRequest request) {
        return !request.parameters().log() || RowIds.of(request).areComplete() ? request : request.withId(ids.next());
    }

    /** Logs the rows of an answer that are in the sample and have a prediction, unless the request says otherwise. */
    @Override
    public CompletableFuture<Void> accept(InferResponse response, boolean shadow) {
        if (!response.request().parameters().log()) {
            return AT_ONCE;
        }
        notices.check(response.spec());
        AnswerRecords records = new AnswerRecords(response, shadow, policy.fields(), sample, clock.millis());
        if (policy.deadline() == null || shadow) {
            addEach(records);
            return AT_ONCE;
        }
        Acknowledgement acknowledgement = new Acknowledgement();
        CompletableFuture<Void> logged = acknowledgement.within(
                policy.deadline(),
                topic.unavailable("not acknowledged within " + policy.deadline().toMillis() / 1e3
                        + " s; it may have the answer or not"));
        try {
            addTogether(records, joined.apply(response.spec().spec()) != null, acknowledgement);
            acknowledgement.acknowledged();
        } catch (RequestException e) {
            acknowledgement.fail(e);
        }
        return logged;
    }

    /** Adds each row when it is written, so that those before it may have been sent. */
    private void addEach(AnswerRecords records) {
        for (int row = 0; row < records.count(); row++) {
            if (!records.includes(row)) {
                continue;
            }
            if (queuedBytes.get() > MAXIMUM_QUEUED_BYTES) {
                metrics.answers(DROPPED, 1);
                continue;
            }
            try {
                Waiting waiting = new Waiting(records.of(row), null);
                queuedBytes.addAndGet(waiting.bytes());
                queue.add(waiting);
            } catch (UnloggedException e) {
                metrics.answers(e.result(), 1);
            }
        }
    }

    /**
     * Adds all rows at once, so that none is logged of a request that fails because of another row.
     *
     * @param joinable whether to reject rows that the join would reject
     * @throws RequestException if a row cannot be logged, or the topic is too slow
     */
    private void addTogether(AnswerRecords records, boolean joinable, Acknowledgement acknowledgement)
            throws RequestException {
        List<Waiting> rows = new ArrayList<>();
        long bytes = 0;
        try {
            for (int row = 0; row < records.count(); row++) {
                if (records.includes(row)) {
                    Waiting waiting = new Waiting(joinable ? records.joinable(row) : records.of(row), acknowledgement);
                    bytes += waiting.bytes();
                    requireFits(bytes, row);
                    rows.add(waiting);
                }
            }
        } catch (UnloggedException e) {
            metrics.answers(e.result(), 1);
            metrics.answers(DROPPED, rows.size());
            throw e.reason();
        }
        if (rows.isEmpty()) {
            return;
        }
        // Only what waits already counts: a request whose rows take most of the memory has to find a place, too.
        if (queuedBytes.getAndAdd(bytes) > MAXIMUM_QUEUED_BYTES) {
            queuedBytes.addAndGet(-bytes);
            metrics.answers(DROPPED, rows.size());
            throw topic.unavailable("too slow; " + MAXIMUM_QUEUED_BYTES + " bytes of answers wait for it");
        }
        rows.forEach(row -> acknowledgement.expectRow());
        queue.addAll(rows);
    }

    /** @throws UnloggedException if the rows of one request take more memory than all may */
    private static void requireFits(long bytes, int row) throws UnloggedException {
        if (bytes > MAXIMUM_QUEUED_BYTES) {
            throw new UnloggedException(
                    DROPPED,
                    RequestException.bad(
                            "row " + row,
                            "the answers up to this row take " + bytes + " bytes",
                            "up to " + MAXIMUM_QUEUED_BYTES + " to log them; send fewer rows per request"));
        }
    }

    private void run() {
        try {
            while (!closed || !queue.isEmpty()) {
                Waiting waiting = queue.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (waiting != null && !send(waiting)) {
                    dropQueued();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns false if the topic cannot take more. */
    private boolean send(Waiting waiting) {
        queuedBytes.addAndGet(-waiting.bytes());
        if (waiting.acknowledgement != null && waiting.acknowledgement.isDone()) {
            metrics.answers(DROPPED, 1);
            return true;
        }
        return topic.send(waiting.record.key(), waiting.record.value(), failure -> finish(waiting, failure));
    }

    private void finish(Waiting waiting, @Nullable String failure) {
        metrics.answers(failure == null ? LOGGED : DROPPED, 1);
        Acknowledgement acknowledgement = waiting.acknowledgement;
        if (acknowledgement != null && failure == null) {
            acknowledgement.acknowledged();
        } else if (acknowledgement != null) {
            acknowledgement.fail(topic.unavailable(String.valueOf(failure)));
        }
    }

    /** Those that wait would only wait for the same failure, one after the other. */
    private void dropQueued() {
        List<Waiting> dropped = new ArrayList<>();
        queue.drainTo(dropped);
        for (Waiting waiting : dropped) {
            queuedBytes.addAndGet(-waiting.bytes());
            finish(waiting, "not sent, because an earlier answer failed");
        }
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
