package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.learning.spec.ModelSpec;
import java.util.Map;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFinalizer;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Would catch torn checkpoints. On the heap, state is written while learning continues. If an array were changed after its
 * reference was passed to {@code update()}, the checkpoint would contain changes from after the barrier.
 */
class SnapshotIsolationHarnessTest {
    private static final int LIMIT = 1 << 24;
    private static final ModelSpec WHOLE = TestStream.whole(4);
    private static final ModelSpec KEYED = TestStream.keyed();

    @ParameterizedTest
    @EnumSource(Backend.class)
    void samples_learned_during_an_asynchronous_checkpoint_are_not_in_it(Backend backend) throws Exception {
        try (LearnHarness harness = LearnHarness.start(backend, WHOLE, KEYED)) {
            harness.learn(WHOLE, 0, 53);
            harness.learn(KEYED, 0, 53);
            Map<String, String> atTheBarrier = harness.states();
            OperatorSnapshotFutures running = harness.flink()
                    .getOperator()
                    .snapshotState(
                            1,
                            1,
                            CheckpointOptions.forCheckpointWithDefaultLocation(),
                            new MemCheckpointStreamFactory(LIMIT));

            harness.learn(WHOLE, 53, 100);
            harness.learn(KEYED, 53, 100);
            harness.time(10_000);
            OperatorSubtaskState written =
                    OperatorSnapshotFinalizer.create(running).getJobManagerOwnedState();

            assertThat(harness.states()).isNotEqualTo(atTheBarrier);
            try (LearnHarness restored = LearnHarness.restore(backend, written)) {
                assertThat(restored.states()).isEqualTo(atTheBarrier);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void a_deletion_during_an_asynchronous_checkpoint_is_not_in_it(Backend backend) throws Exception {
        try (LearnHarness harness = LearnHarness.start(backend, KEYED)) {
            harness.learn(KEYED, 0, 53);
            Map<String, String> atTheBarrier = harness.states();
            OperatorSnapshotFutures running = harness.flink()
                    .getOperator()
                    .snapshotState(
                            1,
                            1,
                            CheckpointOptions.forCheckpointWithDefaultLocation(),
                            new MemCheckpointStreamFactory(LIMIT));
            harness.delete(KEYED);
            OperatorSubtaskState written =
                    OperatorSnapshotFinalizer.create(running).getJobManagerOwnedState();

            assertThat(harness.states()).isEmpty();
            try (LearnHarness restored = LearnHarness.restore(backend, written)) {
                assertThat(restored.states()).isEqualTo(atTheBarrier);
                restored.delete(KEYED);
                assertThat(restored.takeSnapshots()).hasSize(5);
            }
        }
    }
}
