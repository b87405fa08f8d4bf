package io.freshet.job.learn;

import io.freshet.job.replica.RoundsLog;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingConsumer;

/** Passes records of the rounds topic to the task's thread. */
record MailboxListener(MailboxExecutor mailbox, ThrowingConsumer<List<RoundsLog.Entry>, Exception> task)
        implements RoundsLog.Listener {
    @Override
    public void received(List<RoundsLog.Entry> records) throws InterruptedException {
        CountDownLatch processed = new CountDownLatch(1);
        try {
            mailbox.execute(
                    () -> {
                        task.accept(records);
                        processed.countDown();
                    },
                    "records of the rounds topic");
        } catch (RejectedExecutionException e) {
            // The task has ended; so does the reader.
            throw new InterruptedException("mailbox closed");
        }
        processed.await();
    }

    @Override
    public void failed(Exception failure) {
        mailbox.execute(
                () -> {
                    throw failure;
                },
                "failure of the rounds topic");
    }
}
