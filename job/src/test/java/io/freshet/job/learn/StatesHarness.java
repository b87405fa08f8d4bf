package io.freshet.job.learn;

import io.freshet.job.learn.LearnHarness.Backend;
import io.freshet.job.state.ModelState;
import io.freshet.job.state.ModelStateCache;
import io.freshet.job.state.ModelStateSerializer;
import io.freshet.job.topology.TrainerEnvironment;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.AbstractKeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFinalizer;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** The models of one subtask on a real state backend, with nothing around them. */
public final class StatesHarness implements AutoCloseable {
    private static final int KEY_GROUPS = TrainerEnvironment.MAXIMUM_PARALLELISM;
    private static final int LIMIT = 1 << 28;

    private final Keeper keeper;
    private final KeyedOneInputStreamOperatorTestHarness<String, String, String> harness;
    private long checkpoint;

    /** An operator that has models, and writes them before a checkpoint as the learner does. */
    private static final class Keeper extends AbstractStreamOperator<String>
            implements OneInputStreamOperator<String, String> {
        private static final long serialVersionUID = 1;

        private final long cacheBytes;
        private transient ModelStateCache states;

        @SuppressWarnings("NullAway.Init")
        Keeper(long cacheBytes) {
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
            throw new IllegalStateException("nothing is sent here");
        }
    }

    /** Starts from the state of so many subtasks, or from none if there is none. */
    public StatesHarness(
            Backend backend, long cacheBytes, @Nullable OperatorSubtaskState from, int subtasks, int subtask)
            throws Exception {
        keeper = new Keeper(cacheBytes);
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                keeper, address -> address, Types.STRING, KEY_GROUPS, subtasks, subtask);
        harness.setStateBackend(backend.create());
        harness.setup(StringSerializer.INSTANCE);
        if (from != null) {
            harness.initializeState(
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(from, KEY_GROUPS, 1, subtasks, subtask));
        }
        harness.open();
    }

    /** Returns the model of an address, with the address as the current key. */
    public @Nullable ModelState get(String address) throws Exception {
        keeper.setCurrentKey(address);
        return keeper.states.get(address);
    }

    public void put(String address, ModelState state) throws Exception {
        keeper.setCurrentKey(address);
        keeper.states.put(address, state);
    }

    public void remove(String address) throws Exception {
        keeper.setCurrentKey(address);
        keeper.states.remove(address);
    }

    public ModelStateCache states() {
        return keeper.states;
    }

    public String currentKey() {
        return (String) keeper.getCurrentKey();
    }

    /** Does what happens at a barrier; what is left to write may be written later. */
    public OperatorSnapshotFutures barrier() throws Exception {
        checkpoint++;
        return harness.getOperator()
                .snapshotState(
                        checkpoint,
                        checkpoint,
                        CheckpointOptions.forCheckpointWithDefaultLocation(),
                        new MemCheckpointStreamFactory(LIMIT));
    }

    /** Writes a checkpoint to its end and says that it is complete. */
    public OperatorSubtaskState finish(OperatorSnapshotFutures futures) throws Exception {
        OperatorSubtaskState written = OperatorSnapshotFinalizer.create(futures).getJobManagerOwnedState();
        harness.notifyOfCompletedCheckpoint(checkpoint);
        return written;
    }

    /** Returns how many entries the state backend has. */
    public int entries() {
        return ((AbstractKeyedStateBackend<String>) keeper.<String>getKeyedStateBackend()).numKeyValueStateEntries();
    }

    /** Returns what all bytes of every model come to, by address. */
    public Map<String, String> bytes() throws Exception {
        Map<String, String> all = new TreeMap<>();
        keeper.states.forEach((address, state) -> all.put(address, bytes(state)));
        return all;
    }

    public static String bytes(ModelState state) throws Exception {
        DataOutputSerializer out = new DataOutputSerializer(1024);
        new ModelStateSerializer().serialize(state, out);
        return out.length() + " bytes, "
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(out.getCopyOfBuffer()));
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
