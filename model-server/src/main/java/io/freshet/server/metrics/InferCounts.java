package io.freshet.server.metrics;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts the inference requests of a model since the server started. Thread-safe. */
public final class InferCounts {
    private final LongAdder successes = new LongAdder();
    private final LongAdder successNanos = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder failureNanos = new LongAdder();
    private final LongAdder queueNanos = new LongAdder();
    private final LongAdder inputNanos = new LongAdder();
    private final LongAdder inferNanos = new LongAdder();
    private final LongAdder outputNanos = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder executions = new LongAdder();
    private volatile long last;

    /** Counts the rows of a prediction at a time in milliseconds since 1970, UTC. */
    void predicted(int count, long now) {
        rows.add(count);
        executions.increment();
        last = now;
    }

    void ended(boolean success, Duration duration, InferTimes times) {
        (success ? successes : failures).increment();
        (success ? successNanos : failureNanos).add(duration.toNanos());
        if (success) {
            queueNanos.add(times.queueNanos());
            inputNanos.add(times.inputNanos());
            inferNanos.add(times.inferNanos());
            outputNanos.add(times.outputNanos());
        }
    }

    /** Returns the number of requests with a response. */
    public long successes() {
        return successes.sum();
    }

    public long successNanos() {
        return successNanos.sum();
    }

    /** Returns how long the requests with a response waited for a thread. */
    public long queueNanos() {
        return queueNanos.sum();
    }

    /** Returns how long it took to read their inputs. */
    public long inputNanos() {
        return inputNanos.sum();
    }

    /** Returns how long it took to predict. */
    public long inferNanos() {
        return inferNanos.sum();
    }

    /** Returns how long it took to write their outputs. */
    public long outputNanos() {
        return outputNanos.sum();
    }

    /** Returns the number of requests without one. */
    public long failures() {
        return failures.sum();
    }

    public long failureNanos() {
        return failureNanos.sum();
    }

    /** Returns the number of predicted rows. */
    public long rows() {
        return rows.sum();
    }

    /** Returns the number of requests whose rows were predicted. */
    public long executions() {
        return executions.sum();
    }

    /** Returns when rows were last predicted, in milliseconds since 1970, UTC, or 0. */
    public long last() {
        return last;
    }
}
