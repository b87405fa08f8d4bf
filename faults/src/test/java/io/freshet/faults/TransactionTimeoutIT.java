package io.freshet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a job that does not start any more once the brokers have given up the transaction that its checkpoint holds, and
 * readers of the committed lane that wait for ever: snapshots of that transaction are never seen, those after it are.
 */
class TransactionTimeoutIT {
    private static final int SAMPLES = 4_000;
    /** Longer than it takes to the savepoint; the brokers look every ten seconds for what is over. */
    private static final String TRANSACTION_TIMEOUT_MILLIS = "15000";

    @TempDir
    Path directory;

    @Test
    void a_job_that_was_down_for_longer_than_a_transaction_may_be_open_goes_on() throws Exception {
        try (SmallRun run = new SmallRun(13)) {
            MiniTrainer.Plan plan = run.plan(directory);
            String savepoint;
            // No checkpoint but the savepoint, which ends a transaction and, since the job goes on, does not commit it.
            try (MiniTrainer trainer = MiniTrainer.start(plan.with("execution.checkpointing.interval", "1 h")
                    .withKafka(Map.of("transaction.timeout.ms", TRANSACTION_TIMEOUT_MILLIS)))) {
                run.send(SAMPLES);
                run.awaitThat("the eager lane", run.learned()::isEagerComplete);
                savepoint = trainer.savepoint(directory.resolve("savepoints"));
                trainer.cancel();
            }
            assertThat(run.learned().isOpen()).as("an open transaction").isTrue();
            run.awaitThat("the brokers' end of it", () -> !run.learned().isOpen());

            try (MiniTrainer trainer = MiniTrainer.start(plan.from(savepoint))) {
                run.send(SAMPLES);
                run.assertAllLearned();
            }
            assertThat(run.learned().givenUp()).as("snapshots given up").isPositive();
        }
    }
}
