package io.freshet.learning.learner;

import io.freshet.learning.features.Sample;
import io.freshet.learning.features.Stage;
import io.freshet.learning.features.Standardizer;
import io.freshet.learning.model.Batch;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.TrainingSpec.BatchSpec;

/** Collects samples into the pending batch of a state, and decides when the batch is due. */
final class BatchCollector {
    /**
     * Maximum size of a pending batch in a checkpoint. It is part of one value of the state, which must stay below 2^30 bytes: a
     * state backend of bytes copies a larger one once more for each piece that it adds.
     */
    static final long MAXIMUM_BYTES = (1L << 30) - (1L << 24);

    private final BatchSpec spec;
    private final Standardizer standardizer;
    private final long maximumBytes;
    private final boolean joined;

    /** @param maximumBytes of a pending batch in a checkpoint */
    BatchCollector(ModelSpec model, Standardizer standardizer, long maximumBytes) {
        spec = model.training().batch();
        this.standardizer = standardizer;
        this.maximumBytes = maximumBytes;
        joined = model.join() != null;
    }

    /** Returns whether the pending batch has room for a sample. A batch of no samples has. */
    boolean hasRoom(LearnerState state, Sample sample) {
        if (state.pendingSize() == 0) {
            return true;
        }
        Batch pending = state.pending();
        return pending.storedBytes() + pending.storedBytes(sample) <= maximumBytes;
    }

    String expectation() {
        return "batch.size: full (expected: samples of up to " + maximumBytes + " bytes, as they are stored)";
    }

    /** Returns whether the batch has reached its configured size. */
    boolean isComplete(Batch pending) {
        return pending.size() >= spec.size();
    }

    /** Returns whether event time has gone on by more than the maximum delay since the pending batch began. */
    boolean isOverdue(LearnerState state, Sample next) {
        if (spec.maximumDelayMillis() == 0 || state.pendingSize() == 0) {
            return false;
        }
        long began = began(state);
        long age = next.eventTime() - began;
        // A negative age of a later sample is an overflow.
        return next.eventTime() > began && (age > spec.maximumDelayMillis() || age < 0);
    }

    /**
     * Returns the event time at which the pending batch began: that of its first sample. Samples of a joined model have the times of
     * their requests, so the first one may be much older than those before the batch, and the second would end the batch: late labels
     * would be learned alone, with more weight than others. So such a batch does not begin before the newest event time learned, and
     * not with a correction.
     */
    private long began(LearnerState state) {
        Batch pending = state.pending();
        if (!joined) {
            return pending.eventTime(0);
        }
        int first = 0;
        while (first < pending.size() && pending.stage(first) == Stage.CHANGED) {
            first++;
        }
        return first == pending.size()
                ? Long.MAX_VALUE
                : Math.max(pending.eventTime(first), state.lineage().watermark());
    }

    /**
     * Adds a sample, and returns the batch. A full batch is standardized once it is complete, with the same moments as its
     * snapshot.
     */
    Batch add(LearnerState state, Sample sample) {
        Batch pending = state.usePending();
        if (spec.isFull() && standardizer.size() > 0 && (pending.size() == 0 || pending.isRaw())) {
            pending.addRaw(sample);
        } else {
            standardized(state).add(sample, standardizer, state.moments());
        }
        if (sample.stage() != Stage.CHANGED) {
            standardizer.keep(state.moments(), sample);
        }
        return pending;
    }

    /** Returns the pending batch, standardized. */
    Batch standardized(LearnerState state) {
        Batch pending = state.usePending();
        pending.standardize(standardizer, state.moments());
        return pending;
    }
}
