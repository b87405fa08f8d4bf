package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.model.Weights;
import io.freshet.learning.predict.Clamp;
import org.jspecify.annotations.Nullable;

/** The parts from which a {@link LearnerState} is restored. */
public final class StateParts {
    private StateParts() {}

    /**
     * The learned numbers.
     *
     * @param moments running moments of the numeric features
     * @param updateMemory the memory of the optimizer or the schedule
     * @param labelRange of the labels, as in {@link Clamp}
     * @param blockVersions count of samples learned when each block of the weights last changed
     * @param lastGood the state that the {@code revert} policy returns to, or null
     * @param savedBest the state after the best epoch, or null
     */
    public record Learned(
            Weights weights,
            double[] moments,
            double[] updateMemory,
            double[] labelRange,
            long[] blockVersions,
            @Nullable SavedState lastGood,
            @Nullable SavedState savedBest) {
        /** Without a range of labels. */
        public Learned(
                Weights weights,
                double[] moments,
                double[] updateMemory,
                long[] blockVersions,
                @Nullable SavedState lastGood,
                @Nullable SavedState savedBest) {
            this(weights, moments, updateMemory, Clamp.NO_LABELS, blockVersions, lastGood, savedBest);
        }
    }

    /**
     * Progressive validation, and the state that depends on it.
     *
     * @param window metrics of the open window
     * @param closed metrics of all earlier windows
     * @param updateWindow updates of the open window
     * @param open predictions whose labels are not final; null for none
     */
    public record Validation(
            Tally window,
            Tally closed,
            UpdateTally updateWindow,
            EpochProgress epochProgress,
            Watcher watcher,
            @Nullable OpenPredictions open) {
        /** Without open predictions. */
        public Validation(
                Tally window, Tally closed, UpdateTally updateWindow, EpochProgress epochProgress, Watcher watcher) {
            this(window, closed, updateWindow, epochProgress, watcher, null);
        }
    }

    /**
     * Counts since the start.
     *
     * @param samples learned samples
     * @param updates optimizer steps
     * @param rejected samples rejected for their gradients
     * @param windows ended windows
     * @param otherUpdates optimizer steps of other replicas of the model that are part of the parameters
     * @param corrections learned samples that only changed the label of an earlier one
     */
    public record Counts(long samples, long updates, long rejected, long windows, long otherUpdates, long corrections) {
        public static final Counts ZERO = new Counts(0, 0, 0, 0, 0, 0);

        /** Without corrections. */
        public Counts(long samples, long updates, long rejected, long windows, long otherUpdates) {
            this(samples, updates, rejected, windows, otherUpdates, 0);
        }
    }
}
