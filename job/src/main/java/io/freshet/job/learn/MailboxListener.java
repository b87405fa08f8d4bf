package io.freshet.job.learn;

import io.freshet.job.replica.RoundsLog;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingRunnable;

/** Passes records and failures of the rounds topic to the task's thread. While the task processes records, the reader receives the next ones. */
final class MailboxListener implements RoundsLog.Listener {
    private final MailboxExecutor mailbox;
    private final SampleRouter samples;
    /** Has a permit unless records are handed over that are not processed yet. */
    private final Semaphore processed = new Semaphore(1);

    MailboxListener(MailboxExecutor mailbox, SampleRouter samples) {
        this.mailbox = mailbox;
        this.samples = samples;
    }

    @Override
    public void received(List<RoundsLog.Entry> records) throws InterruptedException {
        processed.acquire();
        boolean accepted = execute(
                () -> {
                    samples.roundsReceived(records);
                    processed.release();
                },
                "records of the rounds topic");
        if (!accepted) {
            throw new InterruptedException("mailbox closed");
        }
    }

    @Override
    public void caughtUp(String key) {
        execute(() -> samples.roundsCaughtUp(key), "end of the rounds topic");
    }

    @Override
    public void refused() {
        execute(samples::roundsRefused, "refused records of the rounds topic");
    }

    @Override
    public void unusable(Exception failure) {
        execute(() -> samples.roundsUnusable(failure), "unusable rounds topic");
    }

    @Override
    public void failed(Exception failure) {
        execute(
                () -> {
                    throw failure;
                },
                "failure of the rounds topic");
    }

    /** Returns whether the action will run; otherwise, the task has ended. */
    private boolean execute(ThrowingRunnable<? extends Exception> action, String description) {
        try {
            mailbox.execute(action, description);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }
}
