package io.freshet.learning.learner;

import io.freshet.learning.batch.Batch;
import io.freshet.learning.batch.BatchShape;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.model.InputShape;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.schedule.Schedule;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec.BatchSpec;
import io.freshet.learning.spec.WatchSpec;
import org.jspecify.annotations.Nullable;

/**
 * Learns one model from its samples in order: predict, score, learn.
 *
 * <pre>
 *   batch of 1       theta' = step(theta, w * dL/dtheta)
 *   batch of n       theta' = step(theta, sum_i w_i / W * dL_i/dtheta)        W = sum_i w_i; the sum is 0 where W is
 *   full batch       the same, of all samples of a bounded input, once an epoch
 * </pre>
 *
 * The weight w_i of a sequence counts once for each of its steps. Every sample is predicted by the parameters from before
 * its batch. If the specification changed to a smaller batch while more samples than that were pending, these are one
 * batch with the next sample. The state after a sequence of samples is a pure function of the specification and the
 * sequence: no clock, no random, sums in a fixed order. A sample whose gradient is not finite, or too large for a float to
 * hold its square, changes no parameter. Learning a sample allocates nothing. Holds scratch space: one for each thread,
 * for any number of states of the model.
 */
public final class Learner {
    /** More numbers than this in one full batch do not fit the state of a key. */
    private static final long LARGEST_FULL_BATCH = 1L << 27;

    private final ModelSpec spec;
    private final String hash;
    private final String stateHash;
    private final BatchSpec batchSpec;
    private final Schedule schedule;
    private final int scheduleMemoryLength;
    private final WatchSpec watchSpec;
    private final StateLayout layout;
    private final Standardizer standardizer;
    private final StateInitializer starter;
    private final DivergenceGuard guard;
    private final BatchLearner batchLearner;
    private final Batch single;
    private final int largestFullBatch;
    private final boolean inTurn;

    public Learner(ModelSpec spec) {
        this(spec, null);
    }

    /** @param base what states start from, or go over to; null: what the specification alone says */
    public Learner(ModelSpec spec, @Nullable WarmStart base) {
        this.spec = spec;
        hash = spec.hash();
        stateHash = spec.stateHash();
        batchSpec = spec.training().batch();
        schedule = spec.training().schedule();
        scheduleMemoryLength = schedule.memory().length;
        watchSpec = spec.watch();
        InputShape in = spec.inputShape();
        StateLayout natural =
                spec.model().layout(in, spec.outputs(), spec.optimizer().slots());
        layout = spec.optimizer().needsObjective() ? natural.bySlot() : natural;
        BatchShape batchShape = spec.model().batchShape(in, spec.labelLength());
        standardizer = spec.features().standardizer();
        starter = new StateInitializer(spec, base, layout, batchShape);
        guard = new DivergenceGuard(spec, starter);
        batchLearner = new BatchLearner(spec, layout);
        inTurn = spec.stream().order().strict();
        single = new Batch(batchShape);
        largestFullBatch = (int) (LARGEST_FULL_BATCH
                / (1 + in.numbers() * Math.max(1, spec.model().steps()) + in.fields() + spec.labelLength()));
    }

    public ModelSpec spec() {
        return spec;
    }

    /** Returns {@link ModelSpec#stateHash}, computed once. */
    public String stateHash() {
        return stateHash;
    }

    /** Returns {@link ModelSpec#hash}, computed once. */
    public String hash() {
        return hash;
    }

    /** Returns the state before the first sample, and before it goes over to the base. */
    public LearnerState start() {
        return starter.start();
    }

    /** Whether a state has still to go over to the base: {@link #rebase}, before it learns by this specification. */
    public boolean needsRebase(LearnerState state) {
        return starter.needsRebase(state);
    }

    /**
     * Makes a state go over to the base, once: it has those parameters and moments then, and the optimizer and its
     * schedule start from there, as do the bounds by which its loss is watched. What has been learned, scored and waits in a
     * batch is counted on. A key that the base does not have starts from what the base has for all, and stays as it is if it
     * has learned.
     */
    public void rebase(LearnerState state, String key) {
        starter.rebase(state, key);
    }

    /**
     * Predicts a sample, scores the prediction, and learns from it; the last of a batch changes the parameters, and is
     * when its samples are scored. What was refused is in {@link #rejections} until the next call.
     */
    public void learn(LearnerState state, Sample sample) {
        Rejections rejections = batchLearner.rejections();
        rejections.clear();
        adopt(state);
        if (sample.epoch() != state.epochProgress().epoch()) {
            nextEpoch(state, sample.epoch());
        }
        received(state, sample);
        if (state.epochProgress().stops(spec.training().earlyStopping())) {
            return;
        }
        if (!spec.stream().frozen() && state.pending().size() > 0 && isOverdue(state.pending(), sample)) {
            update(state);
        }
        if (sample.holdout()) {
            single.clear();
            single.add(sample, standardizer, state.moments());
            batchLearner.holdOut(state, single);
            return;
        }
        if (spec.stream().frozen()) {
            single.clear();
            single.add(sample, standardizer, state.moments());
            batchLearner.score(state, single);
            return;
        }
        Batch pending = state.pending();
        if (batchSpec.size() == 1 && pending.size() == 0) {
            learnAlone(state, sample);
        } else if (pending.size() >= largestFullBatch) {
            state.reject();
            rejections.add(
                    sample.partition(),
                    sample.offset(),
                    sample.eventTime(),
                    "batch.size: full (expected: up to " + largestFullBatch + " samples)");
        } else {
            addTo(pending, state, sample);
            standardizer.keep(state.moments(), sample);
            if (pending.size() >= batchSpec.size()) {
                batchLearner.update(state, pending);
            }
        }
    }

    /** A full batch is standardised once all of it is there: each sample as a snapshot of the end would. */
    private void addTo(Batch pending, LearnerState state, Sample sample) {
        if (batchSpec.isFull() && standardizer.size() > 0 && (pending.size() == 0 || pending.isRaw())) {
            pending.addRaw(sample);
        } else {
            pending.standardize(standardizer, state.moments());
            pending.add(sample, standardizer, state.moments());
        }
    }

    private void update(LearnerState state) {
        state.pending().standardize(standardizer, state.moments());
        batchLearner.update(state, state.pending());
    }

    /** Counts a sample that is a duplicate of one that came, and leaves it out. */
    public void skipDuplicate(LearnerState state, Sample sample) {
        batchLearner.rejections().clear();
        adopt(state);
        received(state, sample);
    }

    private void received(LearnerState state, Sample sample) {
        if (state.lineage().received(hash, state.samples(), sample.partition(), sample.offset(), inTurn)) {
            guard.begin(state);
        }
    }

    private void learnAlone(LearnerState state, Sample sample) {
        single.clear();
        single.add(sample, standardizer, state.moments());
        if (batchLearner.updateAlone(state, single)) {
            standardizer.keep(state.moments(), sample);
        }
    }

    private boolean isOverdue(Batch pending, Sample sample) {
        long first = pending.eventTime(0);
        long age = sample.eventTime() - first;
        // Negative although it is later: more than a long can hold.
        return batchSpec.maximumDelayMillis() > 0
                && sample.eventTime() > first
                && (age > batchSpec.maximumDelayMillis() || age < 0);
    }

    private void nextEpoch(LearnerState state, int epoch) {
        if (!batchSpec.isFull() && state.pending().size() > 0) {
            update(state);
        }
        state.epochProgress().nextEpoch(epoch, spec.training().earlyStopping());
    }

    /**
     * Ends a bounded input: applies the batch that is not full, or, for full batches, learns all epochs of what came.
     *
     * @param afterEpoch runs after each epoch but the last
     */
    public void finish(LearnerState state, Runnable afterEpoch) {
        batchLearner.rejections().clear();
        adopt(state);
        Batch pending = state.pending();
        if (pending.size() == 0) {
            return;
        }
        if (!batchSpec.isFull()) {
            update(state);
            return;
        }
        pending.standardize(standardizer, state.moments());
        int epochs = spec.training().epochs();
        for (int epoch = 1; epoch <= epochs && pending.size() > 0; epoch++) {
            batchLearner.updateFull(state, pending);
            if (epoch < epochs) {
                afterEpoch.run();
                state.epochProgress()
                        .nextEpoch(state.epochProgress().epoch() + 1, spec.training().earlyStopping());
            }
        }
        pending.clear();
    }

    /**
     * Ends the window: the schedule and what watches the model take its loss in, unless the end of the input cut it short;
     * then it is read; and the next sample starts a new one.
     *
     * @param read runs while the window and all its events are still in the state
     */
    public void nextWindow(LearnerState state, Runnable read) {
        adopt(state);
        Tally window = state.window();
        if (window.weight() > 0 && (window.samples() >= spec.window() || batchSpec.isFull())) {
            schedule.endWindow(state.scheduleMemory(), window.loss());
            guard.endWindow(state);
        }
        read.run();
        state.nextWindow();
    }

    /**
     * Whether the model is not to be published: by its policy, while its last window exploded, or while the one that is not
     * full yet would, of which a tenth must have been seen.
     */
    public boolean isWithheld(LearnerState state) {
        adopt(state);
        return guard.isWithheld(state);
    }

    /** Ends the window as {@link #nextWindow(LearnerState, Runnable)} does, unread. */
    public void nextWindow(LearnerState state) {
        nextWindow(state, () -> {});
    }

    /** Makes a state from an older specification, or from bytes, one that this learner can go on with. */
    private void adopt(LearnerState state) {
        state.convert(layout);
        if (state.scheduleMemory().length != scheduleMemoryLength) {
            state.scheduleMemory(schedule.memory());
        }
        state.watcher().attach(watchSpec);
    }

    /** Returns the samples that the last call of {@link #learn} or {@link #finish} refused for their gradients. */
    public Rejections rejections() {
        return batchLearner.rejections();
    }

    /** Returns the prediction of the last sample that was scored, before it was learned; overwritten by the next. */
    public float[] lastPrediction() {
        return batchLearner.lastPrediction();
    }

    /** Returns what the state has learned, as a snapshot that shares nothing with it. */
    public Snapshot snapshot(LearnerState state, String key) {
        return new Snapshot(
                spec,
                key,
                state.samples(),
                state.updates(),
                state.weights().parameters(),
                state.moments().clone(),
                state.lineage().copy(),
                state.blockVersions().clone(),
                state.total().metrics());
    }
}
