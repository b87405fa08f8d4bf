package io.freshet.learning.replica;

import io.freshet.learning.features.Standardizer;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.StateParts;
import io.freshet.learning.merge.BlockChange;
import io.freshet.learning.merge.MeanMerge;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.merge.Slots;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.rounds.Contribution;
import io.freshet.learning.rounds.MergedPoint;
import java.util.BitSet;
import java.util.List;

/**
 * Opens a round of a replica: adopts merged points.
 *
 * <pre>
 *   theta = merged point + own contributions that the point lacks, in the order of their rounds
 * </pre>
 *
 * Sums are in doubles, and rounded once.
 */
final class RoundOpening {
    private final ReplicaSettings settings;
    private final Standardizer standardizer;
    private final MergedParts parts;

    RoundOpening(ReplicaSettings settings, Standardizer standardizer, Optimizer optimizer) {
        this.settings = settings;
        this.standardizer = standardizer;
        parts = MergedParts.of(settings, optimizer);
    }

    /** Adopts the points up to the base of the next round, with the contributions on top that they lack. */
    void adopt(ReplicaState state) {
        BitSet changed = new BitSet();
        long base = state.rounds.base();
        while (!state.received.isEmpty() && state.received.element().round() <= base) {
            adopt(state, state.received.remove(), changed);
        }
        double[] moments = state.totals.moments();
        long updates = 0;
        for (Contribution contribution : state.unmerged) {
            contribution.changes().forEach(change -> changed.set(change.block()));
            moments = standardizer.followed(moments, contribution.moments());
            updates += contribution.counts().updates();
        }
        LearnerState before = state.learner;
        long[] versions = before.blockVersions().clone();
        for (int block = changed.nextSetBit(0); block >= 0; block = changed.nextSetBit(block + 1)) {
            before.weights().setParts(block, parts.count(), opening(state, block));
            versions[block] = before.samples() + 1;
        }
        state.learner = new LearnerState(
                new StateParts.Learned(
                        before.weights(),
                        moments.clone(),
                        state.totals.updateMemory().clone(),
                        versions,
                        null,
                        null),
                before.pending(),
                Replica.emptyValidation(before),
                before.lineage(),
                updates(state, before, updates));
    }

    private void adopt(ReplicaState state, MergedPoint point, BitSet changed) {
        point.blocks().forEach((block, values) -> {
            state.merged.setBlock(block, values);
            changed.set(block);
        });
        state.unmerged.removeIf(contribution -> {
            boolean isMerged = point.closing().members().contains(contribution.member());
            if (isMerged) {
                contribution.changes().forEach(change -> changed.set(change.block()));
            }
            return isMerged;
        });
        state.totals = point.totals();
    }

    /** @param unmerged updates of the contributions that the adopted point lacks */
    private StateParts.Counts updates(ReplicaState state, LearnerState before, long unmerged) {
        boolean isMerged = settings.slots() == Slots.MEAN || state.gradients != null;
        MergedPoint.Counts merged = state.totals.counts();
        long updates = isMerged ? merged.updates() + unmerged : before.updates();
        long others = merged.total() - (updates - unmerged);
        return new StateParts.Counts(before.samples(), updates, before.rejected(), 0, others);
    }

    /** Returns the numbers of a block with which the round opens, or has opened. */
    float[] opening(ReplicaState state, int block) {
        float[] values = state.merged.block(block);
        double[] sums = null;
        for (Contribution contribution : state.gradients == null ? state.unmerged : List.<Contribution>of()) {
            for (BlockChange change : contribution.changes()) {
                if (change.block() == block) {
                    sums = sums == null ? doubles(values) : sums;
                    change.addTo(sums, values.length / parts.count(), 0, parts.count(), 1);
                }
            }
        }
        if (sums == null) {
            return values;
        }
        float[] opening = MeanMerge.floats(sums);
        parts.limit(opening);
        return opening;
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = values[i];
        }
        return result;
    }
}
