package io.freshet.learning.replica;

import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.ReplicaSettings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the blocks that a round changed, or the sums of its gradients, for a contribution. Holds scratch space: use one per thread. */
final class ChangedBlocks {
    private final MergedParts parts;
    private final RoundOpening adoption;
    private float[] now = {};

    ChangedBlocks(ReplicaSettings settings, Optimizer optimizer, RoundOpening adoption) {
        this.adoption = adoption;
        parts = MergedParts.of(settings, optimizer);
    }

    /**
     * Returns the changes of the round that ends.
     *
     * @param samples that the replica had learned when the round opened
     */
    List<BlockChange> take(ReplicaState state, long samples) {
        long[] versions = state.learner.blockVersions();
        List<BlockChange> changes = new ArrayList<>();
        for (int block = 0; block < versions.length; block++) {
            BlockChange change = versions[block] > samples ? change(state, block) : null;
            if (change != null) {
                changes.add(change);
            }
        }
        return changes;
    }

    /** Returns the change of a block since opening, or the sum of its gradients, or null if it did not change. */
    private @Nullable BlockChange change(ReplicaState state, int block) {
        if (state.gradients != null) {
            return state.gradients.take(block);
        }
        LearnerState learned = state.learner;
        float[] opening = adoption.opening(state, block);
        now = now.length < opening.length ? new float[opening.length] : now;
        learned.weights().copyParts(block, parts.count(), now);
        return BlockChange.between(block, opening, now, opening.length / parts.count());
    }
}
