package io.freshet.job.order;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.KeyedSampleSerializer;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.order.RoundRobin;
import io.freshet.learning.spec.OrderSpec;
import java.util.LinkedHashMap;
import java.util.Map;
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
 * Brings the samples of models whose partitions take turns into their order.
 *
 * <p>A sample that comes before its turn waits in keyed state. An operator cannot hold one partition back while it waits for
 * another, since both come through the same channels: so what waits takes the state backend's room, for as long as a
 * partition keeps the others waiting.
 */
public final class StrictOrder {
    private static final Logger LOG = LoggerFactory.getLogger(StrictOrder.class);
    private static final String STATE = "turns";

    private final KeyedStateBackend<String> backend;
    private final ValueState<byte[]> states;
    private final MapState<Long, KeyedSample> waiting;
    private final int partitions;
    private final LongSupplier clock;
    private final Map<String, PartitionQueues> models = new LinkedHashMap<>();
    private boolean restored;
    /** Samples that wait: read by the metrics' thread as well. */
    private volatile long total;

    /** What happens to a sample when it is its turn; the current key is its address. */
    public interface Learning {
        void learn(Learner learner, KeyedSample keyed) throws Exception;
    }

    /**
     * @param partitions of the samples topic when the job starts
     * @param clock processing time in milliseconds
     */
    public StrictOrder(KeyedStateBackend<String> backend, KeyedStateStore store, int partitions, LongSupplier clock)
            throws Exception {
        this.backend = backend;
        this.partitions = partitions;
        this.clock = clock;
        states = store.getState(new ValueStateDescriptor<>(STATE, BytePrimitiveArraySerializer.INSTANCE));
        waiting = store.getMapState(
                new MapStateDescriptor<>("waiting-for-turn", LongSerializer.INSTANCE, new KeyedSampleSerializer()));
        try (Stream<String> addresses = backend.getKeys(STATE, VoidNamespace.INSTANCE)) {
            for (String address : addresses.toList()) {
                backend.setCurrentKey(address);
                PartitionQueues lanes =
                        PartitionQueues.read(new DataInputDeserializer(states.value()), clock.getAsLong());
                models.put(address, lanes);
                count(lanes.waiting());
            }
        }
        restored = !models.isEmpty();
    }

    /** Whether there is something from before a restart that was not looked at yet. */
    public boolean isRestored() {
        return restored;
    }

    /** Returns how many samples wait. */
    public long waiting() {
        return total;
    }

    @SuppressWarnings("NonAtomicOperationOnVolatileField") // One thread writes.
    private void count(long more) {
        total += more;
    }

    /** Takes a sample of the current key, and has learned what it is now the turn of. */
    public void arrived(Learner learner, KeyedSample keyed, Learning learning) throws Exception {
        PartitionQueues lanes = lanes(learner, keyed.modelKey());
        int partition = keyed.sample().partition();
        if (lanes.pass(partition, learner.spec().stream().order().count(), clock.getAsLong())) {
            learning.learn(learner, keyed);
        } else {
            waiting.put(lanes.place(partition), keyed);
            count(1);
        }
        learnDue(lanes, learner, learning);
    }

    private PartitionQueues lanes(Learner learner, String address) throws Exception {
        PartitionQueues lanes = models.get(address);
        if (lanes == null) {
            lanes = new PartitionQueues(RoundRobin.among(partitions), learner.stateHash(), clock.getAsLong());
            models.put(address, lanes);
        }
        adopt(lanes, learner);
        return lanes;
    }

    /** Leaves out what waits for a state that there is no more. */
    private void adopt(PartitionQueues lanes, Learner learner) throws Exception {
        if (!lanes.stateHash().equals(learner.stateHash())) {
            LOG.info(
                    "model {}: starts anew; {} samples that waited are left out",
                    learner.spec().name(),
                    lanes.waiting());
            waiting.clear();
            count(-lanes.waiting());
            lanes.clear(learner.stateHash());
        }
    }

    private void learnDue(PartitionQueues lanes, Learner learner, Learning learning) throws Exception {
        int count = learner.spec().stream().order().count();
        while (lanes.waiting() > 0) {
            long place = lanes.due(count, clock.getAsLong());
            if (place == PartitionQueues.NONE) {
                return;
            }
            learn(place, learner, learning);
        }
    }

    private void learn(long place, Learner learner, Learning learning) throws Exception {
        KeyedSample keyed = waiting.get(place);
        waiting.remove(place);
        count(-1);
        learning.learn(learner, keyed);
    }

    /** Learns what may be learned by now: after a restart, a decision, or a change of a specification. */
    public void learnDue(ActiveLearners learners, Learning learning) throws Exception {
        restored = false;
        for (String address : models.keySet().toArray(new String[0])) {
            Learner learner = learners.current(model(address));
            PartitionQueues lanes = models.get(address);
            if (learner == null || lanes == null || learners.isGoingOver(model(address))) {
                continue;
            }
            backend.setCurrentKey(address);
            adopt(lanes, learner);
            if (learner.spec().stream().order().strict()) {
                learnDue(lanes, learner, learning);
            } else {
                learnRest(lanes, learner, learning);
                models.remove(address);
                states.clear();
            }
        }
    }

    /** Learns all that waits, in turn: the input has ended. */
    public void finish(ActiveLearners learners, Learning learning) throws Exception {
        for (Map.Entry<String, PartitionQueues> entry : models.entrySet()) {
            Learner learner = learners.current(model(entry.getKey()));
            if (learner != null) {
                backend.setCurrentKey(entry.getKey());
                learnRest(entry.getValue(), learner, learning);
            }
        }
    }

    private void learnRest(PartitionQueues lanes, Learner learner, Learning learning) throws Exception {
        int count = Math.max(1, learner.spec().stream().order().count());
        for (long place = lanes.rest(count); place != PartitionQueues.NONE; place = lanes.rest(count)) {
            learn(place, learner, learning);
        }
    }

    /** Decides what is to be decided, and writes all to the state of a checkpoint. */
    public void checkpoint(ActiveLearners learners, long checkpointId) throws Exception {
        for (Map.Entry<String, PartitionQueues> entry : models.entrySet()) {
            PartitionQueues lanes = entry.getValue();
            Learner learner = learners.current(model(entry.getKey()));
            if (learner != null) {
                OrderSpec order = learner.spec().stream().order();
                if (order.strict()) {
                    lanes.decide(order, clock.getAsLong(), checkpointId);
                }
            }
            DataOutputSerializer out = new DataOutputSerializer(128);
            lanes.write(out);
            backend.setCurrentKey(entry.getKey());
            states.update(out.getCopyOfBuffer());
        }
    }

    /** Says that a checkpoint is complete; returns whether something may be learned that could not before. */
    public boolean completed(long checkpointId) {
        boolean any = false;
        for (Map.Entry<String, PartitionQueues> entry : models.entrySet()) {
            if (entry.getValue().completed(checkpointId)) {
                LOG.info(
                        "model {}: partitions in turn {}",
                        model(entry.getKey()),
                        entry.getValue().members());
                any = true;
            }
        }
        return any;
    }

    /** Forgets a model. */
    public void delete(String model) throws Exception {
        String address = model + "/";
        PartitionQueues lanes = models.remove(address);
        if (lanes != null) {
            count(-lanes.waiting());
            backend.setCurrentKey(address);
            waiting.clear();
            states.clear();
        }
    }

    private static String model(String address) {
        return address.substring(0, address.indexOf('/'));
    }
}
