package io.freshet.learning.replica;

import io.freshet.learning.features.Standardizer;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.StateParts;
import io.freshet.learning.optimizer.Optimizer;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.learning.spec.Slots;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Opens a round of a replica: adopts merged points.
 *
 * <pre>
 *   theta = merged point + own contributions that the point lacks, in the order of their rounds
 * </pre>
 *
 * Sums are in doubles, and rounded once. Holds scratch space: use one per thread.
 */
final class RoundOpening {
    private final ReplicaSettings settings;
    private final Standardizer standardizer;
    private final MergedParts parts;
    private double[] sums = {};

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
                Replica.emptyValidation(before, before.openPredictions()),
                before.lineage(),
                updates(state, before, updates));
    }

    private void adopt(ReplicaState state, MergedPoint point, BitSet changed) {
        point.blocks().forEach((block, values) -> {
            state.merged[block] = values;
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
        return new StateParts.Counts(before.samples(), updates, before.rejected(), 0, others, before.corrections());
    }

    /** Returns the numbers of a block with which the round opens, or has opened. They must not be changed. */
    float[] opening(ReplicaState state, int block) {
        float[] values = state.merged[block];
        List<BlockChange> changes = unmerged(state, block);
        if (changes.isEmpty()) {
            return values;
        }
        boolean isOneDense = changes.size() == 1 && changes.get(0).coordinates() == null;
        float[] opening = isOneDense ? changes.get(0).appliedTo(values) : sum(values, changes);
        parts.limit(opening);
        return opening;
    }

    private static List<BlockChange> unmerged(ReplicaState state, int block) {
        List<BlockChange> changes = new ArrayList<>();
        for (Contribution contribution : state.gradients == null ? state.unmerged : List.<Contribution>of()) {
            for (BlockChange change : contribution.changes()) {
                if (change.block() == block) {
                    changes.add(change);
                }
            }
        }
        return changes;
    }

    private float[] sum(float[] values, List<BlockChange> changes) {
        sums = sums.length < values.length ? new double[values.length] : sums;
        for (int i = 0; i < values.length; i++) {
            sums[i] = values[i];
        }
        for (BlockChange change : changes) {
            change.addTo(sums, values.length / parts.count(), 1);
        }
        float[] result = new float[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) sums[i];
        }
        return result;
    }
}
