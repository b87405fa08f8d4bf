package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import kafka.server.FaultHandlerFactory;
import org.junit.jupiter.api.Test;

/** Would catch a stack that runs on without its broker. */
class BrokerFaultTest {
    @Test
    void a_fatal_fault_is_reported_and_another_is_not() {
        CompletableFuture<String> failure = new CompletableFuture<>();
        FaultHandlerFactory handlers = EmbeddedKafka.faultHandlers(failure);

        handlers.build("metadata publishing", false, () -> {}).handleFault("one record is odd");
        assertThat(failure).isNotDone();

        handlers.build("metadata loading", true, () -> {}).handleFault("the log is damaged");
        assertThat(failure).isCompletedWithValue("metadata loading: the log is damaged");
    }
}
