package io.freshet.job;

import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.topology.TrainerEnvironment;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** Keyed state on a real state backend, for tests of what is stored in it. */
public final class KeyedStateHarness implements AutoCloseable {
    private static final int KEY_GROUPS = TrainerEnvironment.MAXIMUM_PARALLELISM;

    private final StateOperator operator = new StateOperator();
    private final KeyedOneInputStreamOperatorTestHarness<String, String, String> harness;
    private long checkpoint;

    private static final class StateOperator extends AbstractStreamOperator<String>
            implements OneInputStreamOperator<String, String> {
        private static final long serialVersionUID = 1;

        private transient KeyedStateStore store;

        @Override
        public void initializeState(StateInitializationContext context) throws Exception {
            super.initializeState(context);
            store = context.getKeyedStateStore();
        }

        @Override
        public void processElement(StreamRecord<String> element) {
            throw new IllegalStateException("receives no elements");
        }
    }

    /** @param from checkpoint to restore, or null */
    public KeyedStateHarness(Backend backend, @Nullable OperatorSubtaskState from) throws Exception {
        harness = new KeyedOneInputStreamOperatorTestHarness<>(operator, key -> key, Types.STRING, KEY_GROUPS, 1, 0);
        harness.setStateBackend(backend.create());
        harness.setup(StringSerializer.INSTANCE);
        if (from != null) {
            harness.initializeState(from);
        }
        harness.open();
    }

    public KeyedStateBackend<String> backend() {
        return operator.getKeyedStateBackend();
    }

    public KeyedStateStore store() {
        return operator.store;
    }

    public OperatorSubtaskState snapshot() throws Exception {
        checkpoint++;
        OperatorSubtaskState written = harness.snapshot(checkpoint, checkpoint);
        harness.notifyOfCompletedCheckpoint(checkpoint);
        return written;
    }

    /** Returns the entries of a key; on the heap, the objects themselves. */
    public <T> Map<Integer, T> entries(String key, String state, TypeSerializer<T> serializer) throws Exception {
        backend().setCurrentKey(key);
        Map<Integer, T> entries = new TreeMap<>();
        backend()
                .getPartitionedState(
                        VoidNamespace.INSTANCE,
                        VoidNamespaceSerializer.INSTANCE,
                        new MapStateDescriptor<>(state, IntSerializer.INSTANCE, serializer))
                .entries()
                .forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        return entries;
    }

    /** Returns the number of entries in the state backend. */
    public int entries() {
        return ((AbstractKeyedStateBackend<?>) backend()).numKeyValueStateEntries();
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
