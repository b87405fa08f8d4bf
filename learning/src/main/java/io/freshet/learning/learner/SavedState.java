package io.freshet.learning.learner;

import io.freshet.learning.model.StateLayout;
import io.freshet.learning.model.Weights;

/**
 * A state that a model can revert to: parameters, slots, feature moments, the memory of the optimizer or the schedule,
 * the range of labels, and the count of steps.
 *
 * <p>As large as the model itself. Only blocks that have changed are copied.
 */
public final class SavedState {
    private final Weights weights;
    private final double[] moments;
    private final double[] updateMemory;
    private final double[] labelRange;
    private final long updates;
    private final long samples;

    /**
     * @param moments running moments of the numeric features
     * @param labelRange of the labels, as in {@code Clamp}
     * @param updates count of optimizer steps
     * @param samples count of samples learned
     */
    public SavedState(
            Weights weights, double[] moments, double[] updateMemory, double[] labelRange, long updates, long samples) {
        this.weights = weights;
        this.moments = moments;
        this.updateMemory = updateMemory;
        this.labelRange = labelRange;
        this.updates = updates;
        this.samples = samples;
    }

    /** Returns a copy of a state. */
    public static SavedState of(LearnerState state) {
        return of(state.weights().copy(), state);
    }

    /** Returns a copy of a later state that reuses the arrays of this one. */
    SavedState later(LearnerState state) {
        copyBlocks(state, state.weights(), weights);
        return of(weights, state);
    }

    private static SavedState of(Weights copy, LearnerState state) {
        return new SavedState(
                copy,
                state.moments().clone(),
                state.updateMemory().clone(),
                state.labelRange().clone(),
                state.updates(),
                state.samples());
    }

    /** Restores parameters, slots, moments, and the range of labels into a later state. */
    void restore(LearnerState state) {
        copyBlocks(state, weights, state.weights());
        state.moments(moments.clone());
        state.labelRange(labelRange.clone());
    }

    /** Copies the blocks of a state that changed after this one, perhaps without a new sample: in a revert. */
    private void copyBlocks(LearnerState state, Weights from, Weights to) {
        long[] versions = state.blockVersions();
        for (int block = 0; block < versions.length; block++) {
            if (versions[block] >= samples) {
                to.setBlock(block, from.block(block));
            }
        }
    }

    /** Returns the same state, saved after {@code others} samples; shares the arrays of this one. */
    SavedState at(long others) {
        return new SavedState(weights, moments, updateMemory, labelRange, updates, others);
    }

    SavedState convert(StateLayout to) {
        return weights.layout().equals(to) ? this : with(weights.convert(to));
    }

    /** Returns the same state with other parameters and slots; shares the other arrays, which never change. */
    public SavedState with(Weights replaced) {
        return new SavedState(replaced, moments, updateMemory, labelRange, updates, samples);
    }

    public Weights weights() {
        return weights;
    }

    public double[] moments() {
        return moments;
    }

    public double[] updateMemory() {
        return updateMemory;
    }

    public double[] labelRange() {
        return labelRange;
    }

    public long updates() {
        return updates;
    }

    /** Returns the count of samples learned. */
    public long samples() {
        return samples;
    }

    SavedState withoutWeights() {
        return with(Weights.absent(weights.layout()));
    }

    SavedState copy() {
        return with(weights.copy());
    }
}
