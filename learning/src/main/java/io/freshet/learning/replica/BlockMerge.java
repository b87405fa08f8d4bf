package io.freshet.learning.replica;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.merge.BlockChange;
import io.freshet.learning.merge.MeanMerge;
import io.freshet.learning.merge.Merge;
import io.freshet.learning.merge.Merge.WeightedChange;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.parameters.Gradient;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.parameters.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** Merges the changes of a round, each block alone, in the order of the contributions. */
final class BlockMerge {
    private final Learner learner;
    private final Merge merge;
    private final int parts;
    private final int squares;

    BlockMerge(Learner learner, ReplicaSettings settings) {
        this.learner = learner;
        merge = settings.merge();
        parts = settings.parts(learner.spec().optimizer());
        squares = SquaredGradients.part(learner.spec().optimizer());
    }

    /** Returns the arrays of a block that are merged: the parameters, and the slots if they are merged. */
    int parts() {
        return parts;
    }

    /** Merges the changes into the weights, or into the gradient of the learner, for one step. */
    void merge(
            List<Contribution> contributions,
            Weights weights,
            Map<Integer, float[][]> slots,
            long[] versions,
            long version) {
        if (merge.isOfGradients()) {
            mergeGradients(byBlock(contributions), weights.layout(), versions, version);
            return;
        }
        for (MergedPoint.Block merged : merge(contributions, block -> weights.parts(block, parts), slots)) {
            weights.setParts(merged.block(), parts, merged.values());
            versions[merged.block()] = version;
        }
    }

    /**
     * Returns the changed blocks.
     *
     * @param before returns a copy of a block's values, with all {@link #parts}
     * @param slots of the merge itself, by block
     */
    List<MergedPoint.Block> merge(
            List<Contribution> contributions, IntFunction<float[]> before, Map<Integer, float[][]> slots) {
        List<MergedPoint.Block> merged = new ArrayList<>();
        byBlock(contributions).forEach((block, changes) -> {
            float[] values = before.apply(block);
            int length = values.length / parts;
            merge.merge(values, length, changes, slots.computeIfAbsent(block, b -> new float[merge.slots()][length]));
            MeanMerge.merge(values, length, 1, parts, changes);
            SquaredGradients.limit(values, length, squares);
            merged.add(new MergedPoint.Block(block, values));
        });
        return merged;
    }

    private SortedMap<Integer, List<WeightedChange>> byBlock(List<Contribution> contributions) {
        SortedMap<Integer, List<WeightedChange>> byBlock = new TreeMap<>();
        for (Contribution contribution : contributions) {
            double share = share(contribution, contributions);
            for (BlockChange change : contribution.changes()) {
                byBlock.computeIfAbsent(change.block(), block -> new ArrayList<>())
                        .add(new WeightedChange(change, share));
            }
        }
        return byBlock;
    }

    private double share(Contribution contribution, List<Contribution> round) {
        if (merge.isOfGradients()) {
            double weight = 0;
            for (Contribution each : round) {
                weight += each.validation().window().weight();
            }
            return weight == 0 ? 0 : 1 / weight;
        }
        long samples = 0;
        for (Contribution each : round) {
            samples += each.counts().samples();
        }
        return samples == 0 ? 0 : (double) contribution.counts().samples() / samples;
    }

    private void mergeGradients(
            SortedMap<Integer, List<WeightedChange>> byBlock, StateLayout layout, long[] versions, long version) {
        Gradient gradient = learner.gradient();
        gradient.clear();
        byBlock.forEach((block, changes) -> {
            int from = layout.blockStart(block);
            float[] values = new float[layout.blockEnd(block) - from];
            merge.merge(values, values.length, changes, new float[0][]);
            GradientSum.fill(gradient, from, values, changes);
            versions[block] = version;
        });
        if (gradient.denseLength() > 0) {
            Arrays.fill(versions, gradient.denseFrom() / layout.blockParameters(), versions.length, version);
        }
    }
}
