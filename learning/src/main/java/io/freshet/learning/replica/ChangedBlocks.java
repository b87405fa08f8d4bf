package io.freshet.learning.replica;

import io.freshet.learning.merge.BlockChange;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.parameters.Weights;
import io.freshet.learning.state.LearnerState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the blocks that a round changed, or the sums of its gradients, for a contribution. Holds scratch space: use one per thread. */
final class ChangedBlocks {
    private static final float[] NO_SQUARES = {};

    private final ReplicaSettings settings;
    private final MergedParts parts;
    private final RoundOpening adoption;
    private float[] now = {};

    ChangedBlocks(ReplicaSettings settings, Optimizer optimizer, RoundOpening adoption) {
        this.settings = settings;
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
                changes.add(rounded(state, change));
            }
        }
        return changes;
    }

    private static BlockChange rounded(ReplicaState state, BlockChange change) {
        StateLayout layout = state.learner.layout();
        int length = layout.blockEnd(change.block()) - layout.blockStart(change.block());
        return state.errors == null ? change : state.errors.rounded(change, length);
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
        return BlockChange.between(
                block,
                opening,
                now,
                opening.length / parts.count(),
                squares(learned.weights(), block),
                settings.transfer());
    }

    private float[] squares(Weights weights, int block) {
        if (!settings.merge().needsSquares()) {
            return NO_SQUARES;
        }
        float[] all = weights.parts(block, parts.squares() + 1);
        return Arrays.copyOfRange(all, all.length / (parts.squares() + 1) * parts.squares(), all.length);
    }
}
