package io.freshet.server.metrics;

import java.time.Duration;

/**
 * Where the time of one inference request went. Used by one thread at a time: first while it waits, then while it is predicted.
 *
 * <p>Each method ends a phase, which began when the phase before it ended.
 */
public final class InferTimes {
    private final long start = System.nanoTime();
    private long phase = start;
    private long queue;
    private long input;
    private long infer;
    private long output;

    /** The body is complete, so that the request starts to wait for a thread. */
    public void received() {
        lap();
    }

    /** A thread has the request. */
    public void queued() {
        queue += lap();
    }

    /** The inputs are read. */
    public void read() {
        input += lap();
    }

    /** The outputs are computed. */
    public void inferred() {
        infer += lap();
    }

    /** The response is written, in memory. */
    public void written() {
        output += lap();
    }

    private long lap() {
        long now = System.nanoTime();
        long nanos = now - phase;
        phase = now;
        return nanos;
    }

    /** Returns the time since the first byte of the body could be read. */
    public Duration total() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    long queueNanos() {
        return queue;
    }

    long inputNanos() {
        return input;
    }

    long inferNanos() {
        return infer;
    }

    long outputNanos() {
        return output;
    }
}
