package io.freshet.job;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.StateObjectCollection;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.OperatorStreamStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;

/** Replaces a text in a checkpoint of the heap backend, for example to get a specification that this version refuses. */
public final class StoredText {
    private final String from;
    private final String to;

    private StoredText(String from, String to) {
        if (from.length() != to.length()) {
            throw new IllegalArgumentException(
                    to + ": " + to.length() + " (expected: " + from.length() + " characters)");
        }
        this.from = from;
        this.to = to;
    }

    /** Returns {@code state} with each {@code from} replaced by {@code to}, of the same length. */
    public static OperatorSubtaskState replaced(OperatorSubtaskState state, String from, String to) throws Exception {
        return new StoredText(from, to).in(state);
    }

    private OperatorSubtaskState in(OperatorSubtaskState state) throws Exception {
        StateObjectCollection<OperatorStateHandle> operator = new StateObjectCollection<>();
        for (OperatorStateHandle handle : state.getManagedOperatorState()) {
            operator.add(new OperatorStreamStateHandle(
                    handle.getStateNameToPartitionOffsets(), in(handle.getDelegateStateHandle())));
        }
        StateObjectCollection<KeyedStateHandle> keyed = new StateObjectCollection<>();
        for (KeyedStateHandle handle : state.getManagedKeyedState()) {
            KeyGroupsStateHandle groups = (KeyGroupsStateHandle) handle;
            keyed.add(new KeyGroupsStateHandle(groups.getGroupRangeOffsets(), in(groups.getDelegateStateHandle())));
        }
        return OperatorSubtaskState.builder()
                .setManagedOperatorState(operator)
                .setManagedKeyedState(keyed)
                .setRawKeyedState(state.getRawKeyedState())
                .build();
    }

    private StreamStateHandle in(StreamStateHandle handle) throws Exception {
        try (var in = handle.openInputStream()) {
            String bytes = new String(in.readAllBytes(), ISO_8859_1);
            return new ByteStreamStateHandle("replaced", bytes.replace(from, to).getBytes(ISO_8859_1));
        }
    }
}
