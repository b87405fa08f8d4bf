package io.freshet.job.specs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import org.apache.flink.runtime.execution.CancelTaskException;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Would catch a canceled task whose models are reported as failed, though they are intact. */
class ModelFailureTest {
    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void an_interrupt_is_no_failure_of_a_model() {
        RuntimeException kafka = new InterruptException("Failed to send");
        RuntimeException wrapped = new IllegalStateException("waiting", new InterruptedException());
        RuntimeException io = new UncheckedIOException(new InterruptedIOException("waiting for the schema registry"));
        RuntimeException closed = new UncheckedIOException(new ClosedByInterruptException());
        for (RuntimeException thrown : new RuntimeException[] {kafka, wrapped, io, closed, new CancelTaskException()}) {
            assertThatThrownBy(() -> ModelFailure.of(thrown)).isSameAs(thrown);
        }
    }

    @Test
    void any_other_unchecked_exception_is_one() {
        assertThat(ModelFailure.of(new IllegalStateException("bug")).reason()).contains("bug");
        RuntimeException timeout = new UncheckedIOException(new SocketTimeoutException("no answer"));
        assertThat(ModelFailure.of(timeout).reason()).contains("no answer");
    }
}
