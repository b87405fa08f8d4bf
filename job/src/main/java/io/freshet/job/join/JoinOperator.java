package io.freshet.job.join;

import io.freshet.job.join.score.ScoreInput;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.source.SourceEvents;
import io.freshet.job.specs.ModelFailure;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.learning.spec.JoinSpec;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.loop.JoinCount;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins the requests of each id with its outcomes. The state of an id is one value and one timer, which {@link JoinStates} keeps.
 *
 * <p>The main output has the samples. The event time reached is part of the state, and never goes back ({@link EventClock}).
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before anything else.
public final class JoinOperator extends AbstractStreamOperator<OutputRecord>
        implements OneInputStreamOperator<JoinInput, OutputRecord>, Triggerable<String, VoidNamespace> {
    private static final long serialVersionUID = 1;

    /** Requests and outcomes that became part of no sample. */
    public static final OutputTag<OutputRecord> UNJOINED = new OutputTag<>("unjoined", OutputRecord.TYPE);

    /** What is counted and scored. */
    public static final OutputTag<ScoreInput> SCORES = new OutputTag<>("scores", ScoreInput.TYPE);

    /** The stage in the headers of dead letters. */
    public static final String STAGE = DeadLetterHeaders.JOIN;

    /** The uid of the source of records. */
    public static final String SOURCE = "source-records";

    private static final Logger LOG = LoggerFactory.getLogger(JoinOperator.class);
    private static final long TICK_MILLIS = 1_000;
    /** How often an id asks whether its specification is still refused, in event time. */
    private static final long POSTPONED_MILLIS = 600_000;

    private final JoinTopics topics;
    private final JoinSpecs specs;

    private transient List<ModelSpec> initial;
    private transient EventClock clock;
    private transient JoinStates states;
    private transient JoinOutputs outputs;
    private transient Map<String, ModelJoin> joins;
    /** Why models are not joined: this version refuses their specification, or fails to use it. Their ids wait. */
    private transient Map<String, String> refused;
    /** Models with a fault that the log has. */
    private transient Set<String> faulty;

    private transient EarlyInputs early;
    /** Offset of the newest change. */
    private transient long changed;

    private transient boolean announced;
    /** Whether the restored event time is news to the source and to the timers. */
    private transient boolean restored;

    /** @param registry specifications to start with */
    public JoinOperator(JoinTopics topics, SpecRegistry registry) {
        this.topics = topics;
        specs = JoinSpecs.checked(registry);
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        initial = specs.initialize(context);
        clock = new EventClock(context.getOperatorStateStore());
        restored = clock.reached() != EventClock.UNKNOWN;
    }

    @Override
    public void open() throws Exception {
        super.open();
        changed = -1;
        outputs = new JoinOutputs(output, topics, getProcessingTimeService()::getCurrentProcessingTime);
        states = new JoinStates(
                this.<String>getKeyedStateBackend(),
                getKeyedStateStore(),
                getInternalTimerService("join", VoidNamespaceSerializer.INSTANCE, this));
        joins = new HashMap<>();
        faulty = new HashSet<>();
        refused = new HashMap<>();
        specs.refused().forEach(spec -> refused.put(spec.model(), spec.reason()));
        early = new EarlyInputs();
        for (ModelSpec spec : initial) {
            use(spec);
        }
        scheduleTick();
    }

    private void use(ModelSpec spec) throws Exception {
        JoinSpec join = spec.join();
        if (join == null) {
            return;
        }
        JoinSpecs.Incarnation incarnation = specs.incarnation(spec.name());
        ModelFailure failure =
                outputs.attempt(() -> joins.put(spec.name(), new ModelJoin(spec, join, incarnation, outputs)));
        if (failure != null) {
            log(spec.name(), failure);
            refused.put(spec.name(), failure.reason());
        }
    }

    private void log(String model, ModelFailure failure) {
        if (faulty.add(model)) {
            LOG.error("model {}: an id is not joined: {}", model, failure.reason(), failure.cause());
        }
    }

    /** Tells the scores which models are joined, before anything else of them. */
    private void announce() {
        if (!announced) {
            announced = true;
            joins.values().forEach(join -> outputs.announce(join.spec()));
        }
    }

    /** Does nothing, since changes have no key; {@link #processElement} sets the key of the others. */
    @Override
    @SuppressWarnings("rawtypes") // Flink's signature.
    public void setKeyContextElement1(StreamRecord element) {}

    @Override
    public void processElement(StreamRecord<JoinInput> element) throws Exception {
        announce();
        if (element.getValue() instanceof JoinInput.Keyed keyed) {
            join(keyed);
        } else if (element.getValue() instanceof JoinInput.Changed change && change.offset() > changed) {
            changed = change.offset();
            if (specs.apply(change)) {
                change(change.change().name());
            }
            if (joins.containsKey(change.change().name())
                    || refused.containsKey(change.change().name())) {
                for (JoinInput.Keyed keyed : early.take(change.change().name())) {
                    join(keyed);
                }
            }
        }
    }

    private void join(JoinInput.Keyed keyed) throws Exception {
        String model = ModelKey.model(keyed.modelKey());
        ModelJoin join = joins.get(model);
        if (refused.containsKey(model)) {
            reject(model, keyed, Objects.requireNonNull(refused.get(model)));
        } else if (join == null) {
            keepEarly(model, keyed);
        } else if (keyed instanceof JoinInput.Rejected) {
            outputs.count(model, JoinCount.REJECTED, 1);
        } else if (keyed.incarnation() > join.incarnation()) {
            keepEarly(model, keyed);
        } else if (keyed.incarnation() < join.incarnation()) {
            reject(
                    model,
                    keyed,
                    "model: " + model + ", whose labels, loss, or fields changed while the record was read"
                            + " (expected: a record that is read after the change)");
        } else {
            join(join, keyed);
        }
    }

    private void join(ModelJoin join, JoinInput.Keyed keyed) throws Exception {
        setCurrentKey(keyed.modelKey());
        ModelFailure failure =
                outputs.attempt(() -> states.update(join, state -> join.join(keyed, state, clock.reached())));
        if (failure != null) {
            // The id is as it was before the record.
            log(join.spec().name(), failure);
            reject(join.spec().name(), keyed, failure.reason());
        }
    }

    private void keepEarly(String model, JoinInput.Keyed keyed) {
        if (!early.add(model, keyed)) {
            reject(
                    model,
                    keyed,
                    "model: " + model + ", whose specification the join does not know yet (expected: at most "
                            + EarlyInputs.MAXIMUM_BYTES + " bytes before it does)");
        }
    }

    private void reject(String model, JoinInput.Keyed keyed, String message) {
        SourceRecord record = keyed.record();
        if (record != null) {
            outputs.reject(model, keyed instanceof JoinInput.Requested, record, message);
        }
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        announce();
        ModelJoin join = joins.get(ModelKey.model(timer.getKey()));
        if (join != null) {
            ModelFailure failure = outputs.attempt(
                    () -> states.fire(join, timer.getTimestamp(), state -> join.advance(state, clock.reached())));
            if (failure != null) {
                log(join.spec().name(), failure);
                postpone(timer);
            }
        } else if (refused.containsKey(ModelKey.model(timer.getKey()))) {
            postpone(timer);
        } else {
            // The model was deleted, or has no join any more.
            states.clear();
        }
    }

    private void postpone(InternalTimer<String, VoidNamespace> timer) throws IOException {
        states.postpone(Math.max(clock.reached(), timer.getTimestamp()) + POSTPONED_MILLIS);
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("no such timer was set");
    }

    /**
     * Uses the changed specification of a model. Each of its ids follows with its next record or timer, so that no change reads all
     * ids at once.
     */
    private void change(String model) throws Exception {
        ModelJoin before = joins.remove(model);
        boolean waited = refused.remove(model) != null;
        faulty.remove(model);
        ModelSpec spec = specs.joined(model);
        if (spec != null) {
            use(spec);
            outputs.announce(spec);
            if (before != null
                    && before.incarnation() != specs.incarnation(model).number()) {
                LOG.warn(
                        "model {}: labels, loss, or fields changed: requests before are forgotten, and counted when they would"
                                + " have had a sample",
                        model);
            }
        } else if (before != null || waited) {
            outputs.remove(model);
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        if (mark.equals(Watermark.MAX_WATERMARK)) {
            // The end of the input, as when the job stops and drains, is no event time.
            return;
        }
        clock.receive(mark.getTimestamp());
        super.processWatermark(new Watermark(clock.reached()));
    }

    private void scheduleTick() {
        long now = getProcessingTimeService().getCurrentProcessingTime();
        getProcessingTimeService().registerTimer(now + TICK_MILLIS, this::tick);
    }

    /** Sends counts. The first time, goes on from the restored event time, which another subtask may have reached. */
    private void tick(long time) throws Exception {
        announce();
        if (restored) {
            restored = false;
            SourceEvents.send(getContainingTask().getEnvironment(), SOURCE, new ReachedEvent(clock.reached()));
            super.processWatermark(new Watermark(clock.reached()));
        }
        outputs.flush();
        scheduleTick();
    }

    /**
     * Sends all counts, so that they are part of the same checkpoint as the state that they count. Barriers are aligned, so each
     * change that was sent before an input has arrived: an input that still waits is one of a deleted model.
     */
    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        super.prepareSnapshotPreBarrier(checkpointId);
        announce();
        early.clear();
        outputs.flush();
    }

    @Override
    public void finish() throws Exception {
        outputs.flush();
        super.finish();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        clock.write();
    }
}
