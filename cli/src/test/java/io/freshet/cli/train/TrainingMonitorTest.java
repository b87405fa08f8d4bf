package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.cli.console.CommandException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Catches a failed fault injection that is reported as an ExecutionException instead of its cause. */
class TrainingMonitorTest {
    @Test
    void reports_the_failure_itself() {
        CommandException failure = new CommandException("--faults: the job ended after 10 samples");
        CompletableFuture<Void> injection = CompletableFuture.runAsync(() -> {
            throw new CompletionException(failure);
        });

        assertThatThrownBy(() -> TrainingMonitor.resultOf(injection)).isSameAs(failure);
    }

    @Test
    void returns_the_result_of_a_success() throws Exception {
        assertThat(TrainingMonitor.resultOf(CompletableFuture.completedFuture(7)))
                .isEqualTo(7);
    }
}
