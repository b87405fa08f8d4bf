package io.freshet.job.specs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.job.record.SpecChange;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.messages.Acknowledge;
import org.apache.flink.runtime.operators.coordination.MockOperatorCoordinatorContext;
import org.apache.flink.runtime.operators.coordination.OperatorCoordinator.SubtaskGateway;
import org.apache.flink.runtime.operators.coordination.OperatorEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Would catch a coordinator that waits for a subtask that no longer runs, while the others wait for the coordinator. */
@Timeout(60)
class SpecChangeCoordinatorTest {
    private static final long CHECKPOINT = 1;
    private static final List<SpecChange> CHANGES = List.of(SpecChange.deleted("a"), SpecChange.deleted("b"));

    private final MockOperatorCoordinatorContext context = new MockOperatorCoordinatorContext(new OperatorID(), 2);
    private SpecChangeCoordinator coordinator = coordinator(SpecChangeLog.of(CHANGES));

    private SpecChangeCoordinator coordinator(SpecChangeLog log) {
        return new SpecChangeCoordinator(context, log, null);
    }

    @AfterEach
    void close() {
        coordinator.close();
    }

    /** Flink holds back events while a checkpoint starts, and forgets those to a subtask that fails meanwhile. */
    @Test
    void a_restarted_job_catches_up_although_an_event_was_neither_delivered_nor_refused() {
        coordinator.start();
        Gateway gone = start(0, 0, new CompletableFuture<>());
        start(1, 0, delivered());
        await().until(() -> !gone.events.isEmpty());

        coordinator.executionAttemptFailed(0, 0, new IllegalStateException("a failed task"));
        coordinator.executionAttemptFailed(1, 0, new IllegalStateException("a canceled task"));
        coordinator.subtaskReset(0, CHECKPOINT);
        coordinator.subtaskReset(1, CHECKPOINT);
        List<Gateway> restarted = List.of(start(0, 0, delivered()), start(1, 0, delivered()));

        await().untilAsserted(() -> assertThat(restarted)
                .allSatisfy(gateway -> assertThat(gateway.events)
                        .hasSize(CHANGES.size() + 1)
                        .last()
                        .isEqualTo(new CaughtUpEvent())));
    }

    /** Flink opens no operator that is restored as finished, and lets it receive nothing. */
    @Test
    void checkpoints_complete_without_events_if_the_subtasks_are_restored_as_finished() {
        coordinator.start();
        CompletableFuture<byte[]> checkpoint = new CompletableFuture<>();
        coordinator.checkpointCoordinator(CHECKPOINT, checkpoint);
        List<Gateway> gateways =
                List.of(start(0, SpecPosition.FINISHED, delivered()), start(1, SpecPosition.FINISHED, delivered()));

        await().until(checkpoint::isDone);
        assertThat(checkpoint).isCompletedWithValueMatching(state -> state.length == 0);
        assertThat(gateways).allSatisfy(gateway -> assertThat(gateway.events).isEmpty());
    }

    /** Its state is that of the end of its input, while that of the others is newer. */
    @Test
    void a_subtask_whose_input_had_ended_receives_what_it_lacks() {
        coordinator.start();
        Gateway ended = start(0, new SpecPositionEvent(0, true), delivered());
        Gateway other = start(1, new SpecPositionEvent(1, false), delivered());

        await().untilAsserted(() -> assertThat(List.of(ended, other))
                .allSatisfy(gateway -> assertThat(gateway.events).last().isEqualTo(new CaughtUpEvent())));
        assertThat(changes(ended)).isEqualTo(CHANGES);
        assertThat(changes(other)).isEqualTo(CHANGES.subList(1, 2));
        assertThat(context.isJobFailed()).isFalse();
    }

    @Test
    void the_job_fails_if_a_subtask_whose_input_had_not_ended_is_behind() {
        coordinator.start();
        start(0, 0, delivered());
        start(1, 1, delivered());

        await().until(context::isJobFailed);
        assertThat(context.getJobFailureReason()).hasMessageContaining("(expected: one position)");
    }

    private static List<SpecChange> changes(Gateway gateway) {
        return gateway.events.stream()
                .filter(SpecChangeEvent.class::isInstance)
                .map(event -> ((SpecChangeEvent) event).entry().change())
                .toList();
    }

    @Test
    void changes_are_read_on_after_a_reader_fails_to_close() {
        AtomicInteger opened = new AtomicInteger();
        coordinator = coordinator(new SpecChangeLog() {
            @Override
            public long start() {
                return 0;
            }

            @Override
            public Reader open(long position) {
                opened.incrementAndGet();
                return new FailingReader();
            }
        });
        coordinator.start();
        start(0, 0, delivered());
        start(1, 0, delivered());
        await().until(context::isJobFailed);

        start(0, 0, delivered());
        start(1, 0, delivered());
        await().untilAsserted(() -> assertThat(opened).hasValue(2));
    }

    /** Starts a subtask. */
    private Gateway start(int subtask, long position, CompletableFuture<Acknowledge> delivery) {
        return start(subtask, new SpecPositionEvent(position, false), delivery);
    }

    private Gateway start(int subtask, SpecPositionEvent started, CompletableFuture<Acknowledge> delivery) {
        Gateway gateway = new Gateway(subtask, new CopyOnWriteArrayList<>(), delivery);
        coordinator.executionAttemptReady(subtask, 0, gateway);
        coordinator.handleEventFromOperator(subtask, 0, started);
        return gateway;
    }

    private static CompletableFuture<Acknowledge> delivered() {
        return CompletableFuture.completedFuture(Acknowledge.get());
    }

    /** Records the events to a subtask. */
    private record Gateway(int subtask, List<OperatorEvent> events, CompletableFuture<Acknowledge> delivery)
            implements SubtaskGateway {
        @Override
        public CompletableFuture<Acknowledge> sendEvent(OperatorEvent event) {
            events.add(event);
            return delivery;
        }

        @Override
        public ExecutionAttemptID getExecution() {
            return ExecutionAttemptID.randomId();
        }

        @Override
        public int getSubtask() {
            return subtask;
        }
    }

    private static final class FailingReader implements SpecChangeLog.Reader {
        @Override
        public List<SpecChangeLog.Entry> poll() {
            throw new IllegalStateException("no broker");
        }

        @Override
        public boolean hasCaughtUp() {
            return false;
        }

        @Override
        public void close() {
            throw new IllegalStateException("no broker either");
        }
    }
}
