package io.freshet.faults.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.faults.embedded.EmbeddedRun;
import io.freshet.faults.embedded.MiniTrainer;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a job that cannot restart once the brokers have aborted the transaction of its checkpoint, and readers of the
 * committed lane that wait indefinitely. Snapshots of that transaction are never seen; later ones are.
 */
class TransactionTimeoutIT {
    private static final int SAMPLES = 4_000;
    /** Longer than the savepoint takes; the brokers check for expired transactions every ten seconds. */
    private static final String TRANSACTION_TIMEOUT_MILLIS = "15000";

    @TempDir
    Path directory;

    @Test
    void a_job_that_was_down_longer_than_the_transaction_timeout_continues() throws Exception {
        try (EmbeddedRun run = new EmbeddedRun(13)) {
            MiniTrainer.Plan plan = run.plan(directory);
            String savepoint;
            // The only checkpoint is the savepoint. It ends a transaction but does not commit it, since the job
            // continues.
            try (MiniTrainer trainer = MiniTrainer.start(plan.with("execution.checkpointing.interval", "1 h")
                    .withKafka(Map.of("transaction.timeout.ms", TRANSACTION_TIMEOUT_MILLIS)))) {
                run.send(SAMPLES);
                run.awaitUntil("the eager lane", run.learned()::isEagerComplete);
                savepoint = trainer.savepoint(directory.resolve("savepoints"));
                trainer.cancel();
            }
            assertThat(run.learned().isOpen()).as("an open transaction").isTrue();
            run.awaitUntil("the brokers to abort it", () -> !run.learned().isOpen());

            try (MiniTrainer trainer = MiniTrainer.start(plan.from(savepoint))) {
                run.send(SAMPLES);
                run.assertAllLearned();
            }
            assertThat(run.learned().aborted()).as("aborted snapshots").isPositive();
        }
    }
}
