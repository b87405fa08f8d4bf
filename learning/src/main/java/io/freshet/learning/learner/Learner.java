package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.loss.Loss;
import io.freshet.learning.math.ThreadTeam;
import io.freshet.learning.model.Batch;
import io.freshet.learning.model.Gradient;
import io.freshet.learning.model.Parameters;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.optimizer.Schedule;
import io.freshet.learning.predict.Clamp;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.predict.WarmStart;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec.BatchSpec;
import io.freshet.learning.spec.WatchSpec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Trains one model on its samples in order: predict, score, learn.
 *
 * <pre>
 *   batch of 1       theta' = step(theta, w * dL/dtheta)
 *   batch of n       theta' = step(theta, sum_i w_i / W * dL_i/dtheta)        W = sum_i w_i
 *   full batch       the same for all samples of a bounded input, once per epoch
 * </pre>
 *
 * The weight w_i of a sequence counts once for each of its steps. A sample of weight 0 is predicted and scored, but not learned:
 * it joins no batch, makes no step, and changes no moments. An open sample is learned like any other, but its prediction is kept, and
 * scored when the sample is closed. A changed one steps along the difference of two gradients ({@link Loss#evaluateChange}), from the
 * label that was learned last to its own, and changes no moments. If nothing of its request was learned, all of it is. Every sample is predicted with the parameters from before
 * the update of its batch. If the specification changes to a smaller batch while more samples are pending, they and the next
 * sample form one batch.
 *
 * <p>The state after a sequence of samples is a pure function of the specification and the sequence: no clock, no randomness,
 * sums in a fixed order. A sample changes no parameter if its gradient is not finite, or if its square does not fit a float
 * (for optimizers that step along it).
 *
 * <p>Learning a sample allocates nothing. One learner serves any number of states of the model. It holds scratch space: use
 * one per thread.
 */
public final class Learner {
    private final ModelSpec spec;
    private final ThreadTeam team;
    private final String hash;
    private final String stateHash;
    private final Loss loss;
    private final int outputs;
    private final BatchSpec batchSpec;
    private final Schedule schedule;
    private final int memoryLength;
    private final WatchSpec watchSpec;
    private final StateLayout layout;
    private final Standardizer standardizer;
    private final StateInitializer initializer;
    private final FeatureChanges featureChanges;
    private final DivergenceGuard guard;
    private final BatchCollector collector;
    private final BatchLearner batchLearner;
    private final Batch single;
    private final boolean strictOrder;
    private final boolean frozen;
    private final Corrections corrections;
    private final Epochs epochs;

    public Learner(ModelSpec spec) {
        this(spec, null);
    }

    /** @param warmStart null for none */
    public Learner(ModelSpec spec, @Nullable WarmStart warmStart) {
        this(spec, warmStart, List.of());
    }

    /**
     * @param warmStart null for none
     * @param earlier specifications of the model, whose states may continue
     */
    public Learner(ModelSpec spec, @Nullable WarmStart warmStart, List<ModelSpec> earlier) {
        this(spec, warmStart, earlier, ThreadTeam.ALONE);
    }

    /**
     * @param warmStart null for none
     * @param earlier specifications of the model, whose states may continue
     * @param team shares the loops of a batch; the results have the same bits for every team
     */
    public Learner(ModelSpec spec, @Nullable WarmStart warmStart, List<ModelSpec> earlier, ThreadTeam team) {
        this(spec, warmStart, earlier, team, true, BatchCollector.MAXIMUM_BYTES);
    }

    /** @param maximumPendingBytes of a pending batch in a checkpoint */
    Learner(ModelSpec spec, long maximumPendingBytes) {
        this(spec, null, List.of(), ThreadTeam.ALONE, true, maximumPendingBytes);
    }

    private Learner(
            ModelSpec spec,
            @Nullable WarmStart warmStart,
            List<ModelSpec> earlier,
            ThreadTeam team,
            boolean steps,
            long maximumPendingBytes) {
        this.spec = spec;
        this.team = team;
        hash = spec.hash();
        stateHash = spec.stateHash();
        loss = spec.loss();
        outputs = spec.outputs();
        batchSpec = spec.training().batch();
        schedule = spec.training().schedule();
        memoryLength = spec.training().memory().length;
        watchSpec = spec.watch();
        layout = StateInitializer.layout(spec);
        standardizer = spec.features().standardizer();
        initializer = new StateInitializer(spec, warmStart);
        featureChanges = new FeatureChanges(spec, initializer, earlier);
        guard = new DivergenceGuard(spec, initializer);
        long openBytes = spec.join() == null ? 0 : OpenPredictions.MAXIMUM_BYTES;
        collector = new BatchCollector(spec, standardizer, maximumPendingBytes - openBytes);
        batchLearner = new BatchLearner(spec, layout, steps, team);
        strictOrder = spec.order().strict();
        frozen = spec.stream().frozen();
        corrections = new Corrections(spec);
        epochs = new Epochs(spec, collector, batchLearner);
        single = new Batch(initializer.batchShape());
    }

    /**
     * Returns a learner of the same model that learns batches like this one, except that it makes no step: the
     * parameters do not change, and the caller reads {@link #gradient} after each batch.
     */
    public Learner withoutSteps() {
        return new Learner(spec, null, List.of(), team, false, BatchCollector.MAXIMUM_BYTES);
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

    /** Returns the state before the first sample, and before {@link #rebase}. */
    public LearnerState start() {
        return initializer.start();
    }

    /**
     * Returns the earlier specification whose states have a hash, if they continue after {@link #changeFeatures}; null if there is
     * none.
     */
    public @Nullable ModelSpec earlier(String otherStateHash) {
        return featureChanges.earlier(otherStateHash);
    }

    /**
     * Returns a state of an {@link #earlier} specification with the features of this one. Features that both have keep their
     * parameters, slots, and moments, and everything else continues. New features start from their initial parameters; in samples
     * that are pending in a batch, they are 0. The given state must not be used any more.
     */
    public LearnerState changeFeatures(LearnerState state, String otherStateHash) {
        return featureChanges.apply(state, otherStateHash);
    }

    /** Returns a learner of the same model with a changed specification that keeps the state, and with the same warm start. */
    public Learner changed(ModelSpec to) {
        return new Learner(to, initializer.warmStart(), List.of(), team);
    }

    /** Prepares a state for its first sample, or its first round, of this specification. */
    public void begin(LearnerState state) {
        guard.begin(state);
    }

    /** Returns whether to {@link #rebase} a state before it learns with this specification. */
    public boolean needsRebase(LearnerState state) {
        return initializer.needsRebase(state);
    }

    /**
     * Switches a state to the parameters and moments of the warm start, and its range of labels, if it has one of the same labels;
     * without one, nothing is limited. The optimizer, its schedule, and the divergence bounds start from scratch. Counts, metrics,
     * and the pending batch continue. A key that is not in the warm start uses its parameters without a key, if any, unless the key
     * has already received samples.
     */
    public void rebase(LearnerState state, String key) {
        initializer.rebase(state, key);
    }

    /**
     * Predicts a sample, scores the prediction, and learns from it. The last sample of a batch changes the parameters; then the
     * batch is scored. Rejected samples are in {@link #rejections} until the next call.
     *
     * @throws IllegalArgumentException if the label is not valid for the loss; then the state has not changed
     */
    public void learn(LearnerState state, Sample sample) {
        checkLabel(sample.label());
        RejectedSamples rejections = batchLearner.rejections();
        rejections.clear();
        adopt(state);
        if (sample.epoch() != state.epoch()) {
            epochs.begin(state, sample.epoch());
        }
        received(state, sample);
        if (state.stops(spec.training().earlyStopping())) {
            return;
        }
        if (!frozen && collector.isOverdue(state, sample)) {
            update(state);
        }
        Sample.Revision revision = sample.revision();
        if (revision != null) {
            follow(state, sample, revision);
        } else if (!frozen && !sample.holdout() && sample.weight() > 0) {
            train(state, sample);
        } else if (sample.holdout()) {
            batchLearner.holdOut(state, alone(state, sample));
        } else {
            batchLearner.score(state, alone(state, sample));
        }
    }

    /** Keeps or scores the prediction of a sample that is not complete, and learns what its label adds to those before. */
    private void follow(LearnerState state, Sample sample, Sample.Revision revision) {
        OpenPredictions open = state.useOpenPredictions(spec.logitCount());
        int place;
        switch (revision.stage()) {
            case OPEN -> {
                if (!batchLearner.predictInPlace(state, sample)) {
                    batchLearner.predict(state, alone(state, sample));
                }
                place = batchLearner.keep(state, sample, revision.id());
                if (place < 0) {
                    return;
                }
            }
            case CLOSED -> {
                batchLearner.close(state, revision.id(), sample.label()[0]);
                return;
            }
            default -> place = open.place(revision.id());
        }
        Sample rest = frozen ? null : corrections.rest(open, place, sample);
        if (rest != null && train(state, rest)) {
            open.learn(place, sample.label()[0]);
        }
    }

    /** Learns a sample, at once or in a batch; returns false if it was rejected at once. */
    private boolean train(LearnerState state, Sample sample) {
        boolean hasRoom = collector.hasRoom(state, sample);
        if (!hasRoom && batchSpec.isFull()) {
            state.reject();
            batchLearner.rejections().add(sample.partition(), sample.offset(), collector.expectation());
            return false;
        }
        if (!hasRoom) {
            update(state);
        }
        if (batchSpec.size() == 1 && state.pendingSize() == 0) {
            return learnAlone(state, sample);
        }
        Batch batch = collector.add(state, sample);
        if (collector.isComplete(batch)) {
            batchLearner.update(state, batch);
        }
        return true;
    }

    private void checkLabel(float[] label) {
        String expectation = loss.labelExpectation(label, outputs);
        if (expectation != null) {
            String found = label.length == 1 ? String.valueOf(label[0]) : Arrays.toString(label);
            throw new IllegalArgumentException("label: " + found + " (expected: " + expectation + ")");
        }
    }

    private void update(LearnerState state) {
        batchLearner.update(state, collector.standardized(state));
    }

    /** Counts a duplicate in the lineage; learns nothing. */
    public void skipDuplicate(LearnerState state, Sample sample) {
        batchLearner.rejections().clear();
        adopt(state);
        received(state, sample);
    }

    private void received(LearnerState state, Sample sample) {
        if (state.lineage().received(hash, state.samples(), sample.partition(), sample.offset(), strictOrder)) {
            guard.begin(state);
        }
    }

    private boolean learnAlone(LearnerState state, Sample sample) {
        boolean learned =
                batchLearner.updateInPlace(state, sample) || batchLearner.updateAlone(state, alone(state, sample));
        if (learned && sample.stage() != Stage.CHANGED) {
            standardizer.keep(state.moments(), sample);
        }
        return learned;
    }

    private Batch alone(LearnerState state, Sample sample) {
        single.clear();
        single.add(sample, standardizer, state.moments());
        return single;
    }

    /**
     * Ends a bounded input: applies the pending batch, or learns all epochs of a full batch. Then returns to the best epoch, if
     * early stopping says so and another epoch was better than the last.
     *
     * @param afterEpoch runs after each epoch except the last
     */
    public void finish(LearnerState state, Runnable afterEpoch) {
        batchLearner.rejections().clear();
        adopt(state);
        epochs.finish(state, afterEpoch);
    }

    /**
     * Ends the window. The schedule and the detectors receive its loss, unless the end of the input cut it short. The window and its
     * events stay in the state until {@link LearnerState#nextWindow}.
     */
    public void endWindow(LearnerState state) {
        adopt(state);
        Tally window = state.window();
        if (window.weight() > 0 && (window.samples() >= spec.window() || batchSpec.isFull())) {
            schedule.endWindow(state.updateMemory(), window.loss());
            guard.endWindow(state);
        }
    }

    /**
     * Ends the window, and begins the next one.
     *
     * @param read runs while the window and its events are still in the state
     */
    public void nextWindow(LearnerState state, Runnable read) {
        endWindow(state);
        read.run();
        state.nextWindow();
    }

    /**
     * Returns whether the divergence policy withholds the model from publication: the last window exploded, or the open one
     * would, once a tenth of it has been received.
     */
    public boolean isWithheld(LearnerState state) {
        adopt(state);
        return guard.isWithheld(state);
    }

    /** Returns whether the divergence policy withholds the model at least until the next window ends: the last one exploded. */
    public boolean isHeld(LearnerState state) {
        return guard.isHeld(state);
    }

    /** Ends the window like {@link #nextWindow(LearnerState, Runnable)}, without a callback. */
    public void nextWindow(LearnerState state) {
        nextWindow(state, () -> {});
    }

    /** Adapts a restored state, or a state of an older specification, to this learner. */
    private void adopt(LearnerState state) {
        state.convert(layout);
        state.batchShape(single.shape());
        if (state.updateMemory().length != memoryLength) {
            state.updateMemory(spec.training().memory());
        }
        state.attach(watchSpec);
        if (spec.join() == null) {
            state.dropOpenPredictions();
        }
        if (spec.clamps() && state.updates() > 0 && state.labelRange().length == 0) {
            state.labelRange(Clamp.unlimited(outputs));
        }
    }

    /**
     * Returns the gradient of the mean loss of the last batch, overwritten by the next; or scratch space for {@link
     * #step}.
     */
    public Gradient gradient() {
        return batchLearner.gradient();
    }

    /**
     * Steps along {@link #gradient}, which the caller has filled and which this overwrites: clips, penalizes, and steps at the
     * rate of the schedule.
     *
     * @param samples of the batch
     */
    public void step(LearnerState state, int samples) {
        adopt(state);
        batchLearner.step(state, samples);
    }

    /** Returns the samples that the last {@link #learn} or {@link #finish} rejected for their gradients. */
    public RejectedSamples rejections() {
        return batchLearner.rejections();
    }

    /** Returns the prediction of the last scored sample, from before it was learned. */
    public float[] lastPrediction() {
        return batchLearner.lastPrediction();
    }

    /** Returns a snapshot of a state, which shares nothing with it. */
    public Snapshot snapshot(LearnerState state, String key) {
        return new Snapshot(
                spec,
                key,
                state.samples(),
                state.updates(),
                Parameters.of(state.weights().parameters()),
                state.moments().clone(),
                state.lineage().copy(),
                state.blockVersions().clone(),
                state.metrics(),
                spec.clamps() ? state.labelRange().clone() : Clamp.NO_LABELS);
    }
}
