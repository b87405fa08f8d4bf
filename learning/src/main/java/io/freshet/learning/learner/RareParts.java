package io.freshet.learning.learner;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.learner.StateParts.Counts;
import io.freshet.learning.learner.StateParts.Learned;
import io.freshet.learning.learner.StateParts.Validation;
import io.freshet.learning.model.Batch;
import io.freshet.learning.predict.Clamp;
import org.jspecify.annotations.Nullable;

/** The parts of a state that most keys of a model with many keys never use. Those that are not used are null or empty. */
final class RareParts {
    private static final double[] NO_MEMORY = {};

    /** Those of a state that uses none. Never changed. */
    static final RareParts NONE = new RareParts();

    @Nullable Batch pending;

    @Nullable Tally closed;

    @Nullable EpochProgress epochProgress;

    @Nullable Watcher watcher;

    @Nullable SavedState lastGood;

    @Nullable SavedState savedBest;

    @Nullable OpenPredictions open;

    double[] updateMemory = NO_MEMORY;
    double[] labelRange = Clamp.NO_LABELS;
    /** Null for a single block that changed with the last sample learned. */
    long @Nullable [] blockVersions;

    long rejected;
    long windows;
    long otherUpdates;
    long corrections;

    private RareParts() {}

    /** Returns new parts, of which none is used. */
    static RareParts unused() {
        return new RareParts();
    }

    static RareParts of(Learned learned, Batch pending, Validation validation, Counts counts) {
        RareParts parts = new RareParts();
        OpenPredictions open = validation.open();
        long[] versions = learned.blockVersions();
        boolean isLatest = versions.length == 1 && versions[0] == counts.samples();
        parts.pending = pending.size() > 0 ? pending : null;
        parts.closed = validation.closed().samples() > 0 ? validation.closed() : null;
        parts.epochProgress = validation.epochProgress().isStart() ? null : validation.epochProgress();
        parts.watcher = validation.watcher().isUnused() ? null : validation.watcher();
        parts.lastGood = learned.lastGood();
        parts.savedBest = learned.savedBest();
        parts.open = open == null || open.isUnused() ? null : open;
        parts.updateMemory = learned.updateMemory();
        parts.labelRange = learned.labelRange();
        parts.blockVersions = isLatest ? null : versions;
        parts.rejected = counts.rejected();
        parts.windows = counts.windows();
        parts.otherUpdates = counts.otherUpdates();
        parts.corrections = counts.corrections();
        return parts.isUnused() ? NONE : parts;
    }

    private boolean isUnused() {
        return pending == null
                && closed == null
                && epochProgress == null
                && watcher == null
                && lastGood == null
                && savedBest == null
                && open == null
                && updateMemory.length == 0
                && labelRange.length == 0
                && blockVersions == null
                && (rejected | windows | otherUpdates | corrections) == 0;
    }

    /** Returns a copy with other saved states. */
    RareParts copy(@Nullable SavedState otherLastGood, @Nullable SavedState otherSavedBest) {
        if (this == NONE && otherLastGood == null && otherSavedBest == null) {
            return NONE;
        }
        RareParts copy = new RareParts();
        copy.pending = pending == null ? null : pending.copy();
        copy.closed = closed == null ? null : closed.copy();
        copy.epochProgress = epochProgress == null ? null : epochProgress.copy();
        copy.watcher = watcher == null ? null : watcher.copy();
        copy.lastGood = otherLastGood;
        copy.savedBest = otherSavedBest;
        copy.open = open == null ? null : open.copy();
        copy.updateMemory = updateMemory.length == 0 ? NO_MEMORY : updateMemory.clone();
        copy.labelRange = labelRange.length == 0 ? Clamp.NO_LABELS : labelRange.clone();
        copy.blockVersions = blockVersions == null ? null : blockVersions.clone();
        copy.rejected = rejected;
        copy.windows = windows;
        copy.otherUpdates = otherUpdates;
        copy.corrections = corrections;
        return copy;
    }

    /** Returns the size in bytes of the large parts: saved weights, pending batch, and open predictions. */
    long bytes() {
        return (lastGood == null ? 0 : lastGood.weights().bytes())
                + (savedBest == null ? 0 : savedBest.weights().bytes())
                + (pending == null ? 0 : pending.bytes())
                + (open == null ? 0 : open.bytes());
    }
}
