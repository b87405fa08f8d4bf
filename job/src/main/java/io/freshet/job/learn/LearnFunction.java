package io.freshet.job.learn;

import io.freshet.job.decode.KeyedSample;
import io.freshet.job.decode.KeyedSampleSerializer;
import io.freshet.job.decode.SpecRegistry;
import io.freshet.job.publish.OutRecord;
import io.freshet.job.source.SpecChange;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.runtime.state.KeyedStateFunction;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Learns the samples of each model and key in their order, and says what was learned.
 *
 * <p>Parameters, optimizer state and all else that learning needs is one value of keyed state, so that after a failure
 * they are what they were at the checkpoint, with the samples since then to come again. Timers decide when snapshots go
 * out, never what is in them. The end of a bounded input reaches a key as the timer at the end of time.
 */
@SuppressWarnings("NullAway.Init") // Flink calls initializeState and open before anything else.
public final class LearnFunction extends KeyedBroadcastProcessFunction<String, KeyedSample, SpecChange, OutRecord>
        implements CheckpointedFunction {
    private static final long serialVersionUID = 1;
    private static final long END_OF_INPUT = Long.MAX_VALUE;
    private static final long WAIT_MILLIS = 50;
    private static final ValueStateDescriptor<ModelState> MODEL =
            new ValueStateDescriptor<>("model", new ModelStateSerializer());

    private final SpecRegistry registry;
    private final Publication publication;
    private transient ActiveLearners learners;
    private transient ValueState<ModelState> model;
    private transient ListState<KeyedSample> waiting;
    private transient Counter learned;
    private transient Counter rejected;

    /**
     * @param topic that the samples come from
     * @param registry the specifications to start with
     */
    public LearnFunction(String topic, SpecRegistry registry) {
        this.registry = registry;
        publication = new Publication(topic);
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        learners = new ActiveLearners();
        learners.replaceAll(registry.initialize(context));
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {
        // Keyed and broadcast state are always up to date.
    }

    @Override
    public void open(OpenContext context) {
        model = getRuntimeContext().getState(MODEL);
        waiting = getRuntimeContext().getListState(new ListStateDescriptor<>("waiting", new KeyedSampleSerializer()));
        learned = getRuntimeContext().getMetricGroup().counter("learned");
        rejected = getRuntimeContext().getMetricGroup().counter("rejected");
        publication.open();
    }

    @Override
    public void processElement(KeyedSample keyed, ReadOnlyContext context, Collector<OutRecord> out) throws Exception {
        Learner learner = learners.byNumber(keyed.spec());
        if (learner != null) {
            learn(learner, keyed, context, out);
        } else if (!learners.isPast(keyed.spec())) {
            waiting.add(keyed);
            TimerService timers = context.timerService();
            timers.registerProcessingTimeTimer(timers.currentProcessingTime() + WAIT_MILLIS);
            timers.registerEventTimeTimer(END_OF_INPUT);
        }
    }

    private void learn(Learner learner, KeyedSample keyed, ReadOnlyContext context, Collector<OutRecord> out)
            throws Exception {
        ModelSpec spec = learner.spec();
        ModelState state = model.value();
        if (state == null || !state.stateHash().equals(learner.stateHash())) {
            state = new ModelState(learner.stateHash(), learner.start(), 0, false);
            context.timerService().registerEventTimeTimer(END_OF_INPUT);
        }
        publication.started();
        LearnerState learnerState = state.learner();
        if (learner.learn(learnerState, keyed.sample())) {
            learned.inc();
            if (learnerState.window().samples() >= spec.window()) {
                context.output(
                        OutRecord.EVALUATIONS, publication.evaluation(spec, keyed.address(), learnerState, false));
                learnerState.nextWindow();
            }
        } else {
            rejected.inc();
            context.output(OutRecord.DEAD_LETTERS, publication.deadLetter(spec, keyed.sample()));
        }
        long unpublished = learnerState.samples() - state.published();
        if (unpublished >= spec.publish().everySamples()) {
            publish(learner, keyed.address(), state, out);
        } else if (unpublished > 0 && !state.publishTimer()) {
            TimerService timers = context.timerService();
            timers.registerProcessingTimeTimer(
                    timers.currentProcessingTime() + spec.publish().everyMillis());
            state.publishTimer(true);
        }
        model.update(state);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<OutRecord> out) throws Exception {
        learnWaiting(context, out);
        ModelState state = model.value();
        Learner learner = learners.byName(modelName(context.getCurrentKey()));
        if (state == null || learner == null || !state.stateHash().equals(learner.stateHash())) {
            return;
        }
        state.publishTimer(false);
        if (timestamp == END_OF_INPUT) {
            learner.finish(state.learner());
            context.output(
                    OutRecord.EVALUATIONS,
                    publication.evaluation(learner.spec(), context.getCurrentKey(), state.learner(), true));
        }
        if (state.learner().samples() > state.published()) {
            publish(learner, context.getCurrentKey(), state, out);
        }
        model.update(state);
    }

    /** Learns the samples that came before their specification, once it is there. */
    private void learnWaiting(OnTimerContext context, Collector<OutRecord> out) throws Exception {
        Iterable<KeyedSample> samples = waiting.get();
        boolean left = false;
        for (KeyedSample keyed : samples) {
            Learner learner = learners.byNumber(keyed.spec());
            if (learner != null) {
                learn(learner, keyed, context, out);
            } else {
                left |= !learners.isPast(keyed.spec());
            }
        }
        if (!left) {
            waiting.clear();
        }
    }

    private void publish(Learner learner, String address, ModelState state, Collector<OutRecord> out) {
        publication.snapshot(learner, address, state.learner()).forEach(out::collect);
        state.published(state.learner().samples());
    }

    @Override
    public void processBroadcastElement(SpecChange change, Context context, Collector<OutRecord> out) throws Exception {
        SpecRegistry.apply(change, context.getBroadcastState(SpecRegistry.STATE));
        if (!change.isDeletion()) {
            learners.apply(ModelSpec.parse(change.yaml));
            return;
        }
        Learner deleted = learners.delete(change.name);
        if (deleted == null) {
            return;
        }
        int parameterCount = deleted.spec().parameterCount();
        KeyedStateFunction<String, ValueState<ModelState>> delete = (address, state) -> {
            ModelState gone = state.value();
            if (gone != null && modelName(address).equals(change.name)) {
                publication.delete(address, change.name, parameterCount).forEach(out::collect);
                state.clear();
            }
        };
        context.applyToKeyedState(MODEL, delete);
    }

    /** Returns the model of an address {@code model/key}. */
    private static String modelName(String address) {
        return address.substring(0, address.indexOf('/'));
    }
}
