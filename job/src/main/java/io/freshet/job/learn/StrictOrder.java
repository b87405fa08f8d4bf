package io.freshet.job.learn;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.KeyedSampleSerializer;
import io.freshet.job.record.ModelKey;
import io.freshet.job.source.Demand;
import io.freshet.job.specs.ActiveLearners;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.OrderSpec;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.learning.stream.RoundRobin;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns the samples of models with {@code order: strict} in turn: a fixed number from one partition, then from the next.
 *
 * <p>Samples that arrive before their turn are buffered in keyed state: an operator cannot hold back one partition while it
 * waits for another, since both arrive through the same channels. Once enough are buffered, the source pauses the partition.
 */
public final class StrictOrder {
    private static final Logger LOG = LoggerFactory.getLogger(StrictOrder.class);
    private static final String STATE = "turns";

    private final KeyedStateBackend<String> backend;
    private final ValueState<byte[]> states;
    private final MapState<Long, KeyedSample> samples;
    private final int partitions;
    private final ActiveLearners learners;
    private final LongSupplier clock;
    private final Consumer<Demand> source;
    private final Map<String, PartitionQueues> models = new LinkedHashMap<>();
    private boolean restored;
    /** Buffered samples of all models. Metrics threads read it too. */
    private volatile long buffered;

    private Demand demand = Demand.all();

    /** Learns a sample that is in turn. Its model key is the current key. */
    public interface LearnAction {
        /** Returns whether a sample can be learned now; otherwise, it is buffered. */
        default boolean isReady(Learner learner, String modelKey) {
            return true;
        }

        void learn(Learner learner, KeyedSample keyed) throws Exception;
    }

    /**
     * @param partitions of the samples topic when the job starts
     * @param clock processing time in milliseconds
     * @param source receives the demand whenever it changes
     */
    public StrictOrder(
            KeyedStateBackend<String> backend,
            KeyedStateStore store,
            int partitions,
            ActiveLearners learners,
            LongSupplier clock,
            Consumer<Demand> source)
            throws Exception {
        this.backend = backend;
        this.partitions = partitions;
        this.learners = learners;
        this.clock = clock;
        this.source = source;
        states = store.getState(new ValueStateDescriptor<>(STATE, BytePrimitiveArraySerializer.INSTANCE));
        samples = store.getMapState(
                new MapStateDescriptor<>("waiting-for-turn", LongSerializer.INSTANCE, new KeyedSampleSerializer()));
        try (Stream<String> modelKeys = backend.getKeys(STATE, VoidNamespace.INSTANCE)) {
            for (String modelKey : modelKeys.toList()) {
                backend.setCurrentKey(modelKey);
                PartitionQueues queues =
                        PartitionQueues.read(new DataInputDeserializer(states.value()), clock.getAsLong());
                models.put(modelKey, queues);
                addBuffered(queues.buffered());
            }
        }
        restored = !models.isEmpty();
    }

    /** Returns whether there are restored queues that {@link #learnDue(LearnAction)} has not processed. */
    public boolean isRestored() {
        return restored;
    }

    /** Returns the number of buffered samples. */
    public long buffered() {
        return buffered;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // One thread writes.
    private void addBuffered(long more) {
        buffered += more;
    }

    /** Reports the demand to a source that does not know it. */
    public void reportDemand() {
        demand = demand();
        source.accept(demand);
    }

    private Demand demand() {
        TreeSet<Integer> full = new TreeSet<>();
        TreeSet<Integer> awaited = new TreeSet<>();
        models.forEach((modelKey, queues) -> {
            if (!queues.full().isEmpty() && isLearned(modelKey)) {
                full.addAll(queues.full());
                if (queues.awaited() != RoundRobin.NOBODY) {
                    awaited.add(queues.awaited());
                }
            }
        });
        return new Demand(full, awaited);
    }

    /** Returns whether a learner takes samples from the queues; others keep them for a later specification. */
    private boolean isLearned(String modelKey) {
        return learners.current(ModelKey.model(modelKey)) != null;
    }

    private void demandChanged() {
        if (!demand.equals(demand())) {
            reportDemand();
        }
    }

    /** Receives a sample of the current key, and learns all samples that are in turn. */
    public void receive(Learner learner, KeyedSample keyed, LearnAction action) throws Exception {
        PartitionQueues queues = queues(learner, keyed.modelKey());
        int partition = keyed.sample().partition();
        int count = learner.spec().order().count();
        queues.received(partition, clock.getAsLong());
        if (action.isReady(learner, keyed.modelKey()) && queues.takeTurn(partition, count)) {
            action.learn(learner, keyed);
        } else {
            samples.put(queues.add(partition, count), keyed);
            addBuffered(1);
        }
        learnDue(queues, learner, keyed.modelKey(), action);
        if (!queues.full().isEmpty() || !demand.full().isEmpty()) {
            demandChanged();
        }
    }

    private PartitionQueues queues(Learner learner, String modelKey) throws Exception {
        PartitionQueues queues = models.get(modelKey);
        if (queues == null) {
            queues = new PartitionQueues(turns(learner, modelKey), learner.stateHash(), clock.getAsLong());
            models.put(modelKey, queues);
        }
        discardIfReset(queues, learner);
        return queues;
    }

    /** A replica has every count-th partition, for ever. */
    private RoundRobin turns(Learner learner, String modelKey) {
        ReplicaSettings replicas = learner.spec().replicas();
        return replicas == null
                ? RoundRobin.among(partitions)
                : RoundRobin.among(ModelKey.replica(modelKey), replicas.count(), partitions);
    }

    /** Discards the samples buffered for a state that the learner cannot continue. */
    private void discardIfReset(PartitionQueues queues, Learner learner) throws Exception {
        if (!queues.stateHash().equals(learner.stateHash())) {
            LOG.info(
                    "model {}: reset; {} buffered samples are discarded",
                    learner.spec().name(),
                    queues.buffered());
            samples.clear();
            addBuffered(-queues.buffered());
            queues.discard(learner.stateHash());
        }
    }

    private void learnDue(PartitionQueues queues, Learner learner, String modelKey, LearnAction action)
            throws Exception {
        int count = learner.spec().order().count();
        while (queues.buffered() > 0 && action.isReady(learner, modelKey)) {
            long stateKey = queues.poll(count, clock.getAsLong());
            if (stateKey == PartitionQueues.NONE) {
                return;
            }
            learn(stateKey, learner, action);
        }
    }

    private void learn(long stateKey, Learner learner, LearnAction action) throws Exception {
        KeyedSample keyed = samples.get(stateKey);
        samples.remove(stateKey);
        addBuffered(-1);
        action.learn(learner, keyed);
    }

    /** Learns the samples that are in turn after a restore, a decision, or a change of a specification. */
    public void learnDue(LearnAction action) throws Exception {
        restored = false;
        for (String modelKey : models.keySet().toArray(new String[0])) {
            String model = ModelKey.model(modelKey);
            Learner learner = learners.current(model);
            PartitionQueues queues = models.get(modelKey);
            if (learner == null || queues == null || learners.isSwitching(model)) {
                continue;
            }
            backend.setCurrentKey(modelKey);
            discardIfReset(queues, learner);
            if (learner.spec().order().strict()) {
                learnDue(queues, learner, modelKey, action);
            } else {
                learnAll(queues, learner, modelKey, action);
                models.remove(modelKey);
                states.clear();
            }
        }
        demandChanged();
    }

    /** Returns whether a model key has buffered samples. */
    public boolean isWaiting(String modelKey) {
        PartitionQueues queues = models.get(modelKey);
        return queues != null && queues.buffered() > 0;
    }

    /** Learns the buffered samples that can be learned now, in turn, at the end of the input. Returns whether these were all. */
    public boolean finish(LearnAction action) throws Exception {
        boolean all = true;
        for (Map.Entry<String, PartitionQueues> entry : models.entrySet()) {
            Learner learner = learners.current(ModelKey.model(entry.getKey()));
            if (learner != null) {
                backend.setCurrentKey(entry.getKey());
                all &= learnAll(entry.getValue(), learner, entry.getKey(), action);
            }
        }
        return all;
    }

    private boolean learnAll(PartitionQueues queues, Learner learner, String modelKey, LearnAction action)
            throws Exception {
        int count = Math.max(1, learner.spec().order().count());
        while (queues.buffered() > 0 && action.isReady(learner, modelKey)) {
            learn(queues.pollBuffered(count), learner, action);
        }
        return queues.buffered() == 0;
    }

    /** Decides which partitions leave and join, and writes the queues to keyed state. */
    public void checkpoint(long checkpointId) throws Exception {
        for (Map.Entry<String, PartitionQueues> entry : models.entrySet()) {
            PartitionQueues queues = entry.getValue();
            Learner learner = learners.current(ModelKey.model(entry.getKey()));
            if (learner != null) {
                OrderSpec order = learner.spec().order();
                if (order.strict()) {
                    queues.decide(order, clock.getAsLong(), checkpointId);
                }
            }
            DataOutputSerializer out = new DataOutputSerializer(128);
            queues.write(out);
            backend.setCurrentKey(entry.getKey());
            states.update(out.getCopyOfBuffer());
        }
    }

    /** Applies the decisions in a completed checkpoint. Returns whether there were any. */
    public boolean completed(long checkpointId) {
        boolean any = false;
        for (Map.Entry<String, PartitionQueues> entry : models.entrySet()) {
            if (entry.getValue().completed(checkpointId)) {
                LOG.info(
                        "model {}: partitions taking turns: {}",
                        ModelKey.model(entry.getKey()),
                        entry.getValue().members());
                any = true;
            }
        }
        return any;
    }

    /** Discards the samples of a model. */
    public void delete(String model) throws Exception {
        for (String modelKey : models.keySet().toArray(new String[0])) {
            if (ModelKey.isOf(modelKey, model)) {
                addBuffered(-Objects.requireNonNull(models.remove(modelKey)).buffered());
                backend.setCurrentKey(modelKey);
                samples.clear();
                states.clear();
            }
        }
        demandChanged();
    }
}
