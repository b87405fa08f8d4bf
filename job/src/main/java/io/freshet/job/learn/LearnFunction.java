package io.freshet.job.learn;

import io.freshet.job.decode.KeyedSample;
import io.freshet.job.decode.KeyedSampleSerializer;
import io.freshet.job.decode.SpecRegistry;
import io.freshet.job.publish.OutRecord;
import io.freshet.job.source.SpecChange;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.Rejections;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
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
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

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
    private static final ValueStateDescriptor<ModelState> MODEL =
            new ValueStateDescriptor<>("model", new ModelStateSerializer());
    private static final ListStateDescriptor<KeyedSample> WAITING =
            new ListStateDescriptor<>("waiting", new KeyedSampleSerializer());

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
        waiting = getRuntimeContext().getListState(WAITING);
        learned = getRuntimeContext().getMetricGroup().counter("learned");
        rejected = getRuntimeContext().getMetricGroup().counter("rejected");
        publication.open();
    }

    @Override
    public void processElement(KeyedSample keyed, ReadOnlyContext context, Collector<OutRecord> out) throws Exception {
        TimerService timers = context.timerService();
        Learner learner = learners.byNumber(keyed.spec());
        if (learner == null) {
            if (!learners.isPast(keyed.spec())) {
                waiting.add(keyed);
                timers.registerEventTimeTimer(END_OF_INPUT);
            }
            return;
        }
        ModelState before = model.value();
        if (before == null) {
            timers.registerEventTimeTimer(END_OF_INPUT);
        }
        ModelState state = learn(learner, keyed, before, context::output, out);
        if (state.unpublished() > 0 && !state.publishTimer()) {
            timers.registerProcessingTimeTimer(
                    timers.currentProcessingTime() + learner.spec().publish().everyMillis());
            state.publishTimer(true);
        }
        model.update(state);
    }

    /** Learns a sample from the state that is there, if it is of the same meaning, or from nothing. */
    private ModelState learn(
            Learner learner,
            KeyedSample keyed,
            @Nullable ModelState before,
            SideOutput side,
            Collector<OutRecord> out) {
        ModelSpec spec = learner.spec();
        ModelState state = before;
        if (state == null || !state.stateHash().equals(learner.stateHash())) {
            int parameters = state == null ? 0 : state.publishedParameters();
            state = new ModelState(learner.stateHash(), learner.start(), 0, parameters, false);
        }
        publication.started();
        LearnerState learnerState = state.learner();
        learner.learn(learnerState, keyed.sample());
        learned.inc();
        reject(learner, side);
        if (learnerState.window().samples() >= spec.window()) {
            endWindow(learner, keyed.address(), learnerState, false, side);
        }
        if (state.unpublished() >= spec.publish().everySamples()) {
            publish(learner, keyed.address(), state, out);
        }
        return state;
    }

    private void reject(Learner learner, SideOutput side) {
        Rejections rejections = learner.rejections();
        for (int i = 0; i < rejections.count(); i++) {
            rejected.inc();
            side.output(OutRecord.DEAD_LETTERS, publication.deadLetter(learner.spec(), rejections, i));
        }
    }

    private void endWindow(Learner learner, String address, LearnerState state, boolean last, SideOutput side) {
        learner.nextWindow(
                state,
                () -> side.output(OutRecord.EVALUATIONS, publication.evaluation(learner.spec(), address, state, last)));
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<OutRecord> out) throws Exception {
        String address = context.getCurrentKey();
        ModelState state = model.value();
        if (state == null) {
            return;
        }
        state.publishTimer(false);
        Learner learner = learners.byName(modelName(address));
        if (learner != null && state.stateHash().equals(learner.stateHash())) {
            if (timestamp == END_OF_INPUT) {
                LearnerState learnerState = state.learner();
                learner.finish(learnerState, () -> endWindow(learner, address, learnerState, false, context::output));
                reject(learner, context::output);
                endWindow(learner, address, learnerState, true, context::output);
            }
            if (state.unpublished() > 0) {
                publish(learner, address, state, out);
            }
        }
        model.update(state);
    }

    private void publish(Learner learner, String address, ModelState state, Collector<OutRecord> out) {
        int parameters = learner.spec().parameterCount();
        publication.snapshot(learner, address, state.learner()).forEach(out::collect);
        if (state.publishedParameters() > parameters) {
            publication
                    .deleteBlocks(address, learner.spec().name(), state.publishedParameters(), parameters)
                    .forEach(out::collect);
        }
        state.published(parameters);
    }

    /**
     * Applies or deletes a specification, and learns what waited for it before anything that comes later.
     *
     * <p>A checkpoint's barrier comes on both inputs, and a specification comes to the learner before the barrier that
     * follows a sample encoded by it: so no sample waits in a checkpoint, and none waits longer than its specification
     * is on its way.
     */
    @Override
    public void processBroadcastElement(SpecChange change, Context context, Collector<OutRecord> out) throws Exception {
        SpecRegistry.apply(change, context.getBroadcastState(SpecRegistry.STATE));
        if (change.isDeletion()) {
            Learner deleted = learners.delete(change.name);
            if (deleted != null) {
                delete(deleted.spec(), context, out);
            }
        } else {
            learners.apply(ModelSpec.parse(change.yaml));
        }
        KeyedStateFunction<String, ListState<KeyedSample>> learnWaiting =
                (address, samples) -> learnWaiting(address, samples, context::output, out);
        context.applyToKeyedState(WAITING, learnWaiting);
    }

    /** Deletes the states of a model. */
    private void delete(ModelSpec spec, Context context, Collector<OutRecord> out) throws Exception {
        KeyedStateFunction<String, ValueState<ModelState>> delete = (address, state) -> {
            ModelState gone = state.value();
            if (gone != null && modelName(address).equals(spec.name())) {
                publication
                        .delete(address, spec.name(), gone.publishedParameters())
                        .forEach(out::collect);
                state.clear();
            }
        };
        context.applyToKeyedState(MODEL, delete);
    }

    /** Learns the samples of an address whose specification has come. No timer can be set here: it publishes at once. */
    private void learnWaiting(String address, ListState<KeyedSample> samples, SideOutput side, Collector<OutRecord> out)
            throws Exception {
        ModelState state = model.value();
        Learner current = null;
        List<KeyedSample> left = new ArrayList<>();
        for (KeyedSample keyed : samples.get()) {
            Learner learner = learners.byNumber(keyed.spec());
            if (learner != null) {
                state = learn(learner, keyed, state, side, out);
                current = learner;
            } else if (!learners.isPast(keyed.spec())) {
                left.add(keyed);
            }
        }
        samples.update(left);
        if (current != null && state != null) {
            if (state.unpublished() > 0) {
                publish(current, address, state, out);
            }
            model.update(state);
        }
    }

    /** The part of Flink's contexts that takes side outputs; they share no public type. */
    private interface SideOutput {
        void output(OutputTag<OutRecord> tag, OutRecord record);
    }

    /** Returns the model of an address {@code model/key}. */
    private static String modelName(String address) {
        return address.substring(0, address.indexOf('/'));
    }
}
