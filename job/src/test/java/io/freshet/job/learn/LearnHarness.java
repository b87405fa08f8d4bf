package io.freshet.job.learn;

import io.freshet.job.TestLines;
import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.record.TrainerInput;
import io.freshet.job.replica.RoundsLog;
import io.freshet.job.source.Demand;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.job.state.ModelState;
import io.freshet.job.state.ModelStateSerializer;
import io.freshet.learning.learner.LearnerStateCodec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.WarmStartCodec;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** One subtask of the learner in Flink's operator harness. */
public final class LearnHarness implements AutoCloseable {
    static final String TOPIC = "samples";
    static final int PARTITIONS = 3;
    /** Room for about three models, so that models are evicted and read again. */
    private static final long CACHE_BYTES = 15_000;

    /** Fewer than in a job, since each checkpoint and each restore visits all of them. */
    private static final int KEY_GROUPS = 16;

    /** The state backend. */
    public enum Backend {
        HEAP,
        ROCKSDB;

        public StateBackend create() {
            return this == HEAP ? new HashMapStateBackend() : new EmbeddedRocksDBStateBackend();
        }

        /** Returns the number of random trials, given that on the heap; one with RocksDB takes ten times as long. */
        public int trials(int onHeap) {
            return this == HEAP ? onHeap : Math.max(1, onHeap / 10);
        }
    }

    /** So that every test of the operator also ends a team. */
    private static final int THREADS = 2;

    private final LearnOperator operator;
    private final KeyedOneInputStreamOperatorTestHarness<String, TrainerInput, OutputRecord> harness;

    private final List<Demand> demands = new ArrayList<>();
    private long checkpoint;

    private LearnHarness(Backend backend, List<ModelSpec> specs, int parallelism, int subtask, RoundsLog rounds)
            throws Exception {
        this(backend, specs, parallelism, subtask, rounds, PARTITIONS);
    }

    private LearnHarness(
            Backend backend, List<ModelSpec> specs, int parallelism, int subtask, RoundsLog rounds, int partitions)
            throws Exception {
        operator = new LearnOperator(
                TOPIC,
                "id-of-" + TOPIC,
                partitions,
                new SpecRegistry(specs),
                new LearnerResources(CACHE_BYTES, THREADS),
                new LearnConnections(null, false, (task, demand) -> demands.add(demand), rounds));
        harness = new KeyedOneInputStreamOperatorTestHarness<>(
                operator, input -> ((KeyedSample) input).modelKey(), Types.STRING, KEY_GROUPS, parallelism, subtask);
        harness.setStateBackend(backend.create());
        harness.setup(OutputRecord.TYPE.createSerializer(new SerializerConfigImpl()));
    }

    public static LearnHarness start(ModelSpec... specs) throws Exception {
        return start(Backend.HEAP, specs);
    }

    public static LearnHarness start(Backend backend, ModelSpec... specs) throws Exception {
        LearnHarness harness = new LearnHarness(backend, List.of(specs), 1, 0, RoundsLog.NONE);
        harness.harness.open();
        return harness;
    }

    /** Starts the learner of models with replicas. */
    static LearnHarness start(TestRounds rounds, ModelSpec... specs) throws Exception {
        LearnHarness harness = new LearnHarness(Backend.HEAP, List.of(specs), 1, 0, rounds);
        harness.harness.open();
        return harness;
    }

    /** Restores the learner of models with replicas. */
    static LearnHarness restore(TestRounds rounds, OperatorSubtaskState state) throws Exception {
        return restore(rounds, state, PARTITIONS);
    }

    /** Restores the learner of models with replicas after partitions were added. */
    static LearnHarness restore(TestRounds rounds, OperatorSubtaskState state, int partitions) throws Exception {
        LearnHarness harness = new LearnHarness(Backend.HEAP, List.of(), 1, 0, rounds, partitions);
        harness.harness.initializeState(state);
        harness.harness.open();
        return harness;
    }

    public static LearnHarness restore(Backend backend, OperatorSubtaskState state) throws Exception {
        return restore(backend, state, 1, 1, 0);
    }

    /** Restores a subtask of {@code to} from the state of all {@code from} subtasks. */
    public static LearnHarness restore(Backend backend, OperatorSubtaskState all, int from, int to, int subtask)
            throws Exception {
        LearnHarness harness = new LearnHarness(backend, List.of(), to, subtask, RoundsLog.NONE);
        harness.harness.initializeState(
                AbstractStreamOperatorTestHarness.repartitionOperatorState(all, KEY_GROUPS, from, to, subtask));
        harness.harness.open();
        return harness;
    }

    /** Takes a checkpoint without completing it. */
    public OperatorSubtaskState snapshot() throws Exception {
        harness.prepareSnapshotPreBarrier(++checkpoint);
        return harness.snapshot(checkpoint, checkpoint);
    }

    /** Completes the newest checkpoint. */
    public void complete() throws Exception {
        harness.notifyOfCompletedCheckpoint(checkpoint);
    }

    /** Aborts a checkpoint whose barrier has not arrived. */
    void abort() throws Exception {
        operator.notifyCheckpointAborted(++checkpoint);
    }

    public KeyedOneInputStreamOperatorTestHarness<String, TrainerInput, OutputRecord> flink() {
        return harness;
    }

    /** Learns the samples of a model at offsets {@code [from, to)}. */
    public void learn(ModelSpec spec, long from, long to) throws Exception {
        for (long offset = from; offset < to; offset++) {
            learn(TestStream.sample(spec, offset));
        }
    }

    public void learn(KeyedSample sample) throws Exception {
        harness.processElement(new StreamRecord<>(sample));
    }

    /** Applies a specification and activates it with a checkpoint. */
    public void apply(ModelSpec spec) throws Exception {
        applyPending(spec);
        snapshot();
        complete();
    }

    /** Applies a specification without a checkpoint, so that it stays pending. */
    public void applyPending(ModelSpec spec) throws Exception {
        harness.processElement(new StreamRecord<>(SpecChange.applied(spec)));
    }

    /** Sends the warm start of a specification, in parts. */
    void sendWarmStart(ModelSpec spec, PublishedSnapshot... snapshots) throws Exception {
        WarmStartCodec codec = new WarmStartCodec();
        String checksum = Objects.requireNonNull(spec.stream().warmStart()).checksum();
        for (KeyedBytes record : codec.write(spec.name(), checksum, List.of(snapshots))) {
            harness.processElement(new StreamRecord<>(SpecChange.part(codec.read(record.key(), record.value()))));
        }
    }

    public void delete(ModelSpec spec) throws Exception {
        harness.processElement(new StreamRecord<>(SpecChange.deleted(spec.name())));
    }

    public void time(long millis) throws Exception {
        harness.setProcessingTime(millis);
    }

    /** Returns what the operator reported to its source since the last call. */
    public List<Demand> takeDemands() {
        List<Demand> taken = List.copyOf(demands);
        demands.clear();
        return taken;
    }

    /** Delivers the records of the rounds topic, those that follow from them too. */
    void receive(TestRounds rounds) throws Exception {
        for (List<RoundsLog.Entry> taken = rounds.take(); !taken.isEmpty(); taken = rounds.take()) {
            List<RoundsLog.Entry> records = taken;
            CompletableFuture<Void> received = CompletableFuture.runAsync(() -> {
                try {
                    rounds.listener().received(records);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            harness.getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
            received.join();
            rounds.followed().forEach(key -> rounds.listener().caughtUp(key));
            runMails();
        }
    }

    /** Runs what other threads have sent to the operator. */
    void runMails() throws Exception {
        while (harness.getTaskMailbox().hasMail()) {
            harness.getTaskMailbox().take(TaskMailbox.MIN_PRIORITY).run();
        }
    }

    public void end() throws Exception {
        harness.endInput();
    }

    /** Returns the records sent to the parameters topic since the last call. */
    List<OutputRecord> takeParameters() {
        List<OutputRecord> records = new ArrayList<>(harness.extractOutputValues());
        harness.getOutput().clear();
        return records;
    }

    public List<String> takeSnapshots() {
        return TestLines.snapshots(takeParameters());
    }

    List<String> takeEvaluations() {
        return TestLines.evaluations(take(OutputRecord.EVALUATIONS));
    }

    List<OutputRecord> take(OutputTag<OutputRecord> tag) {
        List<OutputRecord> records = new ArrayList<>();
        var output = harness.getSideOutput(tag);
        if (output != null) {
            output.forEach(record -> records.add(record.getValue()));
            output.clear();
        }
        return records;
    }

    /** Returns every state by model key. */
    public Map<String, ModelState> models() throws Exception {
        Map<String, ModelState> models = new TreeMap<>();
        operator.states().forEach(models::put);
        return models;
    }

    /** Returns the bytes of every state by model key. */
    Map<String, String> states() throws Exception {
        Map<String, String> states = new TreeMap<>();
        for (Map.Entry<String, ModelState> entry : models().entrySet()) {
            DataOutputSerializer out = new DataOutputSerializer(1024);
            new ModelStateSerializer().serialize(entry.getValue(), out);
            states.put(entry.getKey(), HexFormat.of().formatHex(out.getCopyOfBuffer()));
        }
        return states;
    }

    /** Returns the bytes of every learner state by model key, without publication progress. */
    Map<String, String> learnerStates() throws Exception {
        Map<String, String> states = new TreeMap<>();
        for (Map.Entry<String, ModelState> entry : models().entrySet()) {
            DataOutputSerializer out = new DataOutputSerializer(1024);
            LearnerStateCodec.write(entry.getValue().learner(), out);
            states.put(entry.getKey(), HexFormat.of().formatHex(out.getCopyOfBuffer()));
        }
        return states;
    }

    @Override
    public void close() throws Exception {
        harness.close();
    }
}
