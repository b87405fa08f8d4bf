package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Ends a feed early: no more rows are sent, those sent are delivered, and the totals are printed. The totals are printed once,
 * whether the feed completes or is terminated, and not at all if it fails.
 */
final class Termination implements AutoCloseable {
    /** How long the feed may take to stop by itself. It may be waiting for a row of a pipe. */
    private static final long STOP_MILLIS = 2_000;

    private final FeedProgress progress;
    private final SampleProducer producer;
    private final Runnable totals;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean reported = new AtomicBoolean();
    private final Thread hook = new Thread(this::terminate, "freshet-feed-termination");

    /** @param totals prints them */
    Termination(FeedProgress progress, SampleProducer producer, Runnable totals) {
        this.progress = progress;
        this.producer = producer;
        this.totals = totals;
    }

    /** Terminates the feed on SIGTERM or Ctrl-C, until {@link #close}. */
    void handleSignals() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Ends the feed, and returns when its rows are delivered, or the thread is interrupted. */
    void terminate() {
        progress.stop();
        try {
            if (!ended.await(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                producer.flush();
            }
            report();
        } catch (InterruptedException | InterruptException | CommandException e) {
            // Another signal, or the broker is gone: the totals are unknown.
        }
    }

    /** Prints the totals of a feed whose rows were delivered. */
    void delivered() {
        report();
        ended.countDown();
    }

    private void report() {
        if (reported.compareAndSet(false, true)) {
            totals.run();
        }
    }

    @Override
    public void close() {
        reported.set(true);
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook runs.
        }
    }
}
