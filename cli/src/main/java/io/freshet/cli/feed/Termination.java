package io.freshet.cli.feed;

import io.freshet.cli.console.CommandException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends a feed on SIGTERM or Ctrl-C: no more rows are sent, those sent are delivered, and the totals are printed. The totals are
 * printed once, whether the feed completes or is terminated.
 */
final class Termination implements AutoCloseable {
    /** How long the feed may take to stop by itself. It may be waiting for a row of a pipe. */
    private static final long STOP_MILLIS = 2_000;

    private final FeedProgress progress;
    private final SampleProducer producer;
    private final Runnable totals;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::terminate, "freshet-feed-termination");

    private Termination(FeedProgress progress, SampleProducer producer, Runnable totals) {
        this.progress = progress;
        this.producer = producer;
        this.totals = totals;
    }

    /** @param totals prints them */
    static Termination handle(FeedProgress progress, SampleProducer producer, Runnable totals) {
        Termination termination = new Termination(progress, producer, totals);
        Runtime.getRuntime().addShutdownHook(termination.hook);
        return termination;
    }

    private void terminate() {
        progress.stop();
        try {
            if (!ended.await(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                producer.flush();
            }
            totals.run();
        } catch (InterruptedException | CommandException e) {
            // Another signal, or the broker is gone: the totals are unknown.
        }
    }

    /** Prints the totals of a feed whose rows were delivered. */
    void delivered() {
        if (removeHook()) {
            totals.run();
        }
        ended.countDown();
    }

    /** Returns false if the JVM is ending, so that the hook runs. */
    private boolean removeHook() {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Override
    public void close() {
        removeHook();
        ended.countDown();
    }
}
