package io.freshet.job.state;

import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.topology.TrainerEnvironment;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFinalizer;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** The model cache of one subtask on a real state backend, without the learner. */
final class ModelStateHarness implements AutoCloseable {
    private static final int KEY_GROUPS = TrainerEnvironment.MAXIMUM_PARALLELISM;
    private static final int LIMIT = 1 << 28;

    private final CacheOperator operator;
    private final KeyedOneInputStreamOperatorTestHarness<String, String, String> harness;
    private long checkpoint;

    /** An operator with a model cache, which it flushes before a checkpoint as the learner does. */
    private static final class CacheOperator extends AbstractStreamOperator<String>
            implements OneInputStreamOperator<String, String> {
        private static final long serialVersionUID = 1;

        private final long cacheBytes;
        private transient ModelStateCache states;

        @SuppressWarnings("NullAway.Init")
        CacheOperator(long cacheBytes) {
            this.cacheBytes = cacheBytes;
        }

        @Override
        public void initializeState(StateInitializationContext context) throws Exception {
            super.initializeState(context);
            states = new ModelStateCache(getKeyedStateBackend(), context.getKeyedStateStore(), cacheBytes);
        }

        @Override
        public void snapshotState(StateSnapshotContext context) throws Exception {
            super.snapshotState(context);
            states.flush();
        }

        @Override
        public void processElement(StreamRecord<String> element) {
            throw new IllegalStateException("receives no elements");
        }
    }

    /** Starts one of {@code subtasks} subtasks, without state or with the rescaled state of a single subtask. */
    ModelStateHarness(Backend backend, long cacheBytes, @Nullable OperatorSubtaskState from, int subtasks, int subtask)
            throws Exception {
        operator = new CacheOperator(cacheBytes);
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                operator, modelKey -> modelKey, Types.STRING, KEY_GROUPS, subtasks, subtask);
        harness.setStateBackend(backend.create());
        harness.setup(StringSerializer.INSTANCE);
        if (from != null) {
            harness.initializeState(
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(from, KEY_GROUPS, 1, subtasks, subtask));
        }
        harness.open();
    }

    /** Returns the state of a model key, after making it the current key. */
    @Nullable ModelState get(String modelKey) throws Exception {
        operator.setCurrentKey(modelKey);
        return operator.states.get(modelKey);
    }

    void put(String modelKey, ModelState state) throws Exception {
        operator.setCurrentKey(modelKey);
        operator.states.put(modelKey, state);
    }

    void remove(String modelKey) throws Exception {
        operator.setCurrentKey(modelKey);
        operator.states.remove(modelKey);
    }

    ModelStateCache states() {
        return operator.states;
    }

    String currentKey() {
        return (String) operator.getCurrentKey();
    }

    /** Starts a checkpoint as at a barrier; its asynchronous part may run later. */
    OperatorSnapshotFutures barrier() throws Exception {
        checkpoint++;
        return harness.getOperator()
                .snapshotState(
                        checkpoint,
                        checkpoint,
                        CheckpointOptions.forCheckpointWithDefaultLocation(),
                        new MemCheckpointStreamFactory(LIMIT));
    }

    /** Finishes a checkpoint and reports it complete. */
    OperatorSubtaskState finish(OperatorSnapshotFutures futures) throws Exception {
        OperatorSubtaskState written = OperatorSnapshotFinalizer.create(futures).getJobManagerOwnedState();
        harness.notifyOfCompletedCheckpoint(checkpoint);
        return written;
    }

    /** Returns the number of entries in the state backend. */
    int entries() {
        return ((AbstractKeyedStateBackend<String>) operator.<String>getKeyedStateBackend()).numKeyValueStateEntries();
    }

    /** Returns size and hash of every state's bytes, by model key. */
    Map<String, String> bytes() throws Exception {
        Map<String, String> all = new TreeMap<>();
        operator.states.forEach((modelKey, state) -> all.put(modelKey, bytes(state)));
        return all;
    }

    /** Returns the size of a model key's value in keyed state, without its blocks. */
    int valueBytes(String modelKey) throws Exception {
        return serialize(values(modelKey).value()).length;
    }

    /** Returns the value of a model key in keyed state, without its blocks. */
    ValueState<ModelState> values(String modelKey) throws Exception {
        operator.setCurrentKey(modelKey);
        return operator.<String>getKeyedStateBackend()
                .getPartitionedState(
                        VoidNamespace.INSTANCE,
                        VoidNamespaceSerializer.INSTANCE,
                        new ValueStateDescriptor<>("model", new ModelStateSerializer()));
    }

    /** Returns the blocks of a model key in keyed state; on the heap, the arrays themselves. */
    Map<Integer, byte[]> blocks(String modelKey) throws Exception {
        Map<Integer, byte[]> blocks = new TreeMap<>();
        storedBlocks(modelKey).entries().forEach(block -> blocks.put(block.getKey(), block.getValue()));
        return blocks;
    }

    MapState<Integer, byte[]> storedBlocks(String modelKey) throws Exception {
        operator.setCurrentKey(modelKey);
        return operator.<String>getKeyedStateBackend()
                .getPartitionedState(
                        VoidNamespace.INSTANCE,
                        VoidNamespaceSerializer.INSTANCE,
                        new MapStateDescriptor<>("blocks", IntSerializer.INSTANCE, new PageSerializer()));
    }

    static String bytes(ModelState state) throws Exception {
        byte[] bytes = serialize(state);
        return bytes.length + " bytes, "
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static byte[] serialize(ModelState state) throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(1024);
        new ModelStateSerializer().serialize(state, out);
        return out.getCopyOfBuffer();
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
