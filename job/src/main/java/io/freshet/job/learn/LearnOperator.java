package io.freshet.job.learn;

import io.freshet.job.decode.SpecRegistry;
import io.freshet.job.observe.Backlog;
import io.freshet.job.observe.EndOffsets;
import io.freshet.job.observe.LearnMetrics;
import io.freshet.job.order.ActiveLearners;
import io.freshet.job.order.BufferedSamples;
import io.freshet.job.order.StrictOrder;
import io.freshet.job.publish.LearnOutput;
import io.freshet.job.publish.PublishSchedule;
import io.freshet.job.publish.RecordFactory;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SpecChange;
import io.freshet.job.state.Deduplicator;
import io.freshet.job.state.KeyedSampleIds;
import io.freshet.job.state.ModelState;
import io.freshet.job.state.ModelStateCache;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Learns the samples of each model and key in their order, and says what was learned.
 *
 * <p>All that learning needs is keyed state, so that after a failure it is what it was at the checkpoint, with the samples
 * since then to come again. Timers decide when snapshots go out, never what is in them.
 *
 * <p>A sample says by which specification it was encoded, and is learned by that one. The decoder goes over to a changed
 * specification at the barrier of a checkpoint; what comes behind the barrier is held here until that checkpoint is complete.
 * So a change is made durable, at one and the same sample, before it is used: no recovery can move it.
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before anything else.
public final class LearnOperator extends AbstractStreamOperator<OutputRecord>
        implements TwoInputStreamOperator<KeyedSample, SpecChange, OutputRecord>,
                Triggerable<String, VoidNamespace>,
                BoundedMultiInput,
                LearnOutput {
    private static final long serialVersionUID = 1;
    private static final int SAMPLES = 1;

    private final SpecRegistry registry;
    private final RecordFactory publication;
    private final int partitions;
    private final long cacheBytes;
    private final @Nullable EndOffsets ends;
    private transient ActiveLearners learners;
    private transient ModelStateCache states;
    private transient BufferedSamples held;
    private transient Backlog backlog;
    private transient StrictOrder strict;
    private transient Deduplicator<Exception> seen;
    private transient TimeToLive expiry;
    private transient ModelTrainer trainer;
    private transient InternalTimerService<VoidNamespace> timers;
    private transient Counter duplicates;

    /**
     * @param topic that the samples come from
     * @param partitions that it has when the job starts
     * @param registry the specifications to start with
     * @param cacheBytes of models kept at hand, where the state backend would have to read each anew
     * @param ends of that topic, or null if it is not to be said how far behind them the learning is
     */
    public LearnOperator(
            String topic, int partitions, SpecRegistry registry, long cacheBytes, @Nullable EndOffsets ends) {
        this.partitions = partitions;
        this.registry = registry;
        this.cacheBytes = cacheBytes;
        this.ends = ends;
        publication = new RecordFactory(topic);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        states = new ModelStateCache(getKeyedStateBackend(), context.getKeyedStateStore(), cacheBytes);
        held = new BufferedSamples(getKeyedStateBackend(), context.getKeyedStateStore());
        learners = new ActiveLearners();
        List<ModelSpec> specs = registry.initialize(context);
        // Those that samples wait for first: they came before those that are the newest.
        for (ModelSpec spec : held.specs()) {
            learners.apply(spec, registry.warmStart(spec));
        }
        for (ModelSpec spec : specs) {
            learners.apply(spec, registry.warmStart(spec));
        }
        learners.activateAll();
        strict = new StrictOrder(
                getKeyedStateBackend(),
                context.getKeyedStateStore(),
                partitions,
                () -> getProcessingTimeService().getCurrentProcessingTime());
        seen = new Deduplicator<>(new KeyedSampleIds(getKeyedStateBackend(), context.getKeyedStateStore()));
    }

    @Override
    public void open() throws Exception {
        super.open();
        timers = getInternalTimerService("publish", VoidNamespaceSerializer.INSTANCE, this);
        publication.open();
        backlog = new Backlog(ends);
        backlog.open();
        LearnMetrics metrics = new LearnMetrics(getMetricGroup(), publication::millis, publication::nanos);
        metrics.watch(states::count, states::cached, states::cachedBytes, held::count);
        trainer = new ModelTrainer(publication, metrics, backlog, this);
        expiry = new TimeToLive(new Keys());
        expiry.open(getInternalTimerService("forget", VoidNamespaceSerializer.INSTANCE, expiry));
        duplicates = getMetricGroup().counter("duplicates");
        getMetricGroup().gauge("waitingForTurn", () -> strict.buffered());
        if (!held.isEmpty() || strict.isRestored()) {
            // Nothing can be sent from here; what a restored state holds is learned before anything else.
            getProcessingTimeService().registerTimer(0, time -> learnHeld());
        }
    }

    @Override
    public void processElement1(StreamRecord<KeyedSample> element) throws Exception {
        if (learnRestored()) {
            setKeyContextElement1(element);
        }
        KeyedSample keyed = element.getValue();
        Learner learner = learners.active(keyed.spec());
        if (learner != null) {
            take(learner, keyed);
        } else if (!learners.isDeleted(keyed.spec())) {
            held.add(keyed, learners.spec(keyed.spec()));
        }
    }

    /** Takes a sample as it arrives; if its model's partitions take turns, it may have to wait for its own. */
    private void take(Learner learner, KeyedSample keyed) throws Exception {
        if (learner.spec().stream().order().strict()) {
            strict.receive(learner, keyed, this::learn);
        } else {
            learn(learner, keyed);
        }
    }

    private void learn(Learner learner, KeyedSample keyed) throws Exception {
        String address = keyed.modelKey();
        long window = learner.spec().stream().deduplicateMillis();
        ModelState before = states.get(address);
        if (before != null && TimeToLive.isOver(learner, before, keyed.sample())) {
            forget(address, before);
            before = null;
        } else if (before != null && !before.stateHash().equals(learner.stateHash())) {
            // It starts anew: what the model before it has seen, this one has not.
            seen.clear();
        } else if (before != null && window == 0 && before.learner().lineage().isChange(learner.hash())) {
            // From here on nobody looks at what was seen.
            seen.clear();
        }
        if (seen.isDuplicate(keyed, window) && before != null) {
            duplicates.inc();
            trainer.leaveOut(learner, keyed, before);
            return;
        }
        ModelState state = trainer.learn(learner, keyed, before);
        if (state != before) {
            states.put(address, state);
        }
        expiry.learned(learner, state, keyed.sample());
        if (PublishSchedule.needsTimer(state)) {
            long now = timers.currentProcessingTime();
            timers.registerProcessingTimeTimer(
                    VoidNamespace.INSTANCE, now + learner.spec().publish().everyMillis());
            state.publishTimer(true);
        }
    }

    /** Learns what a restored state holds, before anything else; returns whether there was anything. */
    private boolean learnRestored() throws Exception {
        boolean any = held.isRestored() || strict.isRestored();
        if (any) {
            learnHeld();
        }
        return any;
    }

    /** Learns, in their order, what is held and may be learned now. */
    private void learnHeld() throws Exception {
        strict.learnDue(learners, this::learn);
        for (String address : held.modelKeys()) {
            setCurrentKey(address);
            List<KeyedSample> left = new ArrayList<>();
            for (KeyedSample keyed : held.samples()) {
                Learner learner = left.isEmpty() ? learners.active(keyed.spec()) : null;
                if (learner != null) {
                    take(learner, keyed);
                } else if (!learners.isDeleted(keyed.spec())) {
                    left.add(keyed);
                }
            }
            held.replace(address, left);
        }
    }

    @Override
    public void processElement2(StreamRecord<SpecChange> element) throws Exception {
        learnRestored();
        SpecChange change = element.getValue();
        if (!registry.apply(change)) {
            return;
        }
        if (change.isDeletion()) {
            if (learners.delete(change.name)) {
                delete(change.name);
            }
        } else {
            ModelSpec spec = change.spec();
            learners.apply(spec, registry.warmStart(spec));
        }
    }

    /** Deletes the states of a model, and what was published of them. */
    private void delete(String model) throws Exception {
        states.forEach(address -> modelName(address).equals(model), (address, state) -> {
            forget(address, state);
        });
        held.delete(model);
        strict.delete(model);
    }

    /** Publishes what is seen with the checkpoint that now begins: what it holds is what it was made of. */
    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        for (String address : trainer.snapshots().takeDueAtBarrier()) {
            setCurrentKey(address);
            ModelState state = states.get(address);
            Learner learner = state == null ? null : learners.of(modelName(address), state);
            if (state != null && learner != null) {
                trainer.snapshots().publish(learner, address, state);
            }
        }
    }

    /** Deletes the state of the current key, and what was published of it. */
    private void forget(String address, ModelState state) throws Exception {
        trainer.delete(address, state);
        states.remove(address);
        seen.clear();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        states.flush();
        strict.checkpoint(learners, context.getCheckpointId());
        learners.checkpointed(context.getCheckpointId());
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        boolean changed = learners.completed(checkpointId);
        if (strict.completed(checkpointId) || changed) {
            learnHeld();
        }
        if (changed) {
            learners.removeSuperseded();
        }
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        String address = timer.getKey();
        ModelState state = states.get(address);
        if (state == null) {
            return;
        }
        state.publishTimer(false);
        Learner learner = learners.of(modelName(address), state);
        if (learner != null) {
            trainer.snapshots().due(learner, address, state);
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("no timer of event time is ever set");
    }

    /** Ends a bounded input: nothing will come any more that could make a change durable, or a batch full. */
    @Override
    public void endInput(int inputId) throws Exception {
        if (inputId != SAMPLES) {
            return;
        }
        learners.activateAll();
        learnHeld();
        strict.finish(learners, this::learn);
        states.forEach((address, state) -> {
            Learner learner = learners.of(modelName(address), state);
            if (learner != null) {
                trainer.finish(learner, address, state);
            }
        });
    }

    @Override
    public void close() throws Exception {
        try {
            super.close();
        } finally {
            if (backlog != null) {
                backlog.close();
            }
        }
    }

    /** Returns the models of this subtask, to be looked at. */
    ModelStateCache states() {
        return states;
    }

    @Override
    public void send(OutputRecord record) {
        output.collect(new StreamRecord<>(record));
    }

    @Override
    public void send(OutputTag<OutputRecord> tag, OutputRecord record) {
        output.collect(tag, new StreamRecord<>(record));
    }

    /** The keys of this subtask, to be looked through for what is to be forgotten. */
    private final class Keys implements TimeToLive.Forgetting {
        @Override
        public @Nullable ModelState state(String address) throws Exception {
            return states.get(address);
        }

        @Override
        public @Nullable Learner learner(String address, ModelState state) {
            return learners.of(modelName(address), state);
        }

        @Override
        public boolean isAwaited(String address) {
            return held.contains(address);
        }

        @Override
        public void forget(String address, ModelState state) throws Exception {
            LearnOperator.this.forget(address, state);
        }
    }

    /** Returns the model of an address {@code model/key}. */
    private static String modelName(String address) {
        return address.substring(0, address.indexOf('/'));
    }
}
