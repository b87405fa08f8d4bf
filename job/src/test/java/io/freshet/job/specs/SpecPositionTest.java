package io.freshet.job.specs;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a rescaled subtask with the specifications of one position that continues at another, and so misses changes. */
class SpecPositionTest {
    private static final int KEY_GROUPS = 128;
    /** The input of the first subtask had ended when the others received two more changes. */
    private static final long[] POSITIONS = {5, 8, 8};

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void a_rescaled_subtask_continues_at_the_position_of_its_specifications(int parallelism) throws Exception {
        OperatorSubtaskState all = checkpoint();
        for (int subtask = 0; subtask < parallelism; subtask++) {
            Positioned restored = new Positioned(0, false);
            try (var harness = new OneInputStreamOperatorTestHarness<>(restored, KEY_GROUPS, parallelism, subtask)) {
                harness.initializeState(AbstractStreamOperatorTestHarness.repartitionOperatorState(
                        all, KEY_GROUPS, POSITIONS.length, parallelism, subtask));
                long position = Long.parseLong(restored.specs.get("m"));
                assertThat(restored.stored.read())
                        .as("subtask %s", subtask)
                        .isEqualTo(new SpecPositionEvent(position, position == POSITIONS[0]));
            }
        }
    }

    private static OperatorSubtaskState checkpoint() throws Exception {
        OperatorSubtaskState[] states = new OperatorSubtaskState[POSITIONS.length];
        for (int subtask = 0; subtask < states.length; subtask++) {
            Positioned operator = new Positioned(POSITIONS[subtask], subtask == 0);
            try (var harness = new OneInputStreamOperatorTestHarness<>(operator, KEY_GROUPS, states.length, subtask)) {
                harness.open();
                states[subtask] = harness.snapshot(1, 1);
            }
        }
        return AbstractStreamOperatorTestHarness.repackageState(states);
    }

    /** Stores a position as {@link SpecChangeOperator} does, and as specifications something that follows from it. */
    private static final class Positioned extends AbstractStreamOperator<String>
            implements OneInputStreamOperator<String, String> {
        private static final long serialVersionUID = 1;

        private final long position;
        private final boolean ended;
        private transient SpecPosition stored;
        private transient BroadcastState<String, String> specs;

        Positioned(long position, boolean ended) {
            this.position = position;
            this.ended = ended;
        }

        @Override
        public void initializeState(StateInitializationContext context) throws Exception {
            super.initializeState(context);
            stored = new SpecPosition(context.getOperatorStateStore(), "models");
            specs = context.getOperatorStateStore().getBroadcastState(SpecRegistry.STATE);
        }

        @Override
        public void processElement(StreamRecord<String> element) {}

        @Override
        public void snapshotState(StateSnapshotContext context) throws Exception {
            super.snapshotState(context);
            stored.write(position, ended);
            specs.put("m", Long.toString(position));
        }
    }
}
