package io.freshet.learning.replica;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.merge.BlockChange;
import io.freshet.learning.merge.MeanMerge;
import io.freshet.learning.merge.Merge;
import io.freshet.learning.merge.Merge.WeightedChange;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.parameters.Gradient;
import io.freshet.learning.parameters.StateLayout;
import io.freshet.learning.rounds.BlockChanges;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

/** Merges the changes of a round, each block alone, in the order of the contributions. Holds scratch space: use one per thread. */
final class BlockMerge {
    private final Merge merge;
    private final MergedParts parts;
    private double[] sums = {};

    BlockMerge(Learner learner, ReplicaSettings settings) {
        merge = settings.merge();
        parts = MergedParts.of(settings, learner.spec().optimizer());
    }

    /** Returns the count of arrays of a block that are merged. */
    int parts() {
        return parts.count();
    }

    /** Returns the numbers of the blocks that changes of a round change, with all {@link #parts}. */
    SortedMap<Integer, float[]> merge(List<BlockChanges> changes, Inbox<?> state) {
        double samples = sum(changes);
        SortedMap<Integer, float[]> merged = new TreeMap<>();
        byBlock(changes, weight -> samples == 0 ? 0 : weight / samples).forEach((block, weighted) -> {
            float[] values = state.values(block, parts.count());
            int length = values.length / parts.count();
            float[][] slots = state.slots.computeIfAbsent(block, b -> new float[merge.slots()][length]);
            merge.merge(values, length, weighted, slots, sums(values.length));
            MeanMerge.merge(values, length, 1, parts.count(), weighted, sums);
            parts.limit(values);
            merged.put(block, values);
        });
        return merged;
    }

    /**
     * Merges sums of gradients into the mean gradient of the model. Sums that have overflowed do not count.
     *
     * @param gradient overwritten
     * @return the blocks that it changes
     */
    BitSet merge(List<BlockChanges> sums, Gradient gradient, StateLayout layout) {
        List<BlockChanges> finite = sums.stream().filter(BlockChanges::isFinite).toList();
        double weight = sum(finite);
        double share = weight == 0 ? 0 : 1 / weight;
        gradient.clear();
        BitSet changed = new BitSet();
        byBlock(finite, each -> share).forEach((block, weighted) -> {
            int from = layout.blockStart(block);
            float[] values = new float[layout.blockEnd(block) - from];
            merge.merge(values, values.length, weighted, new float[0][], sums(values.length));
            GradientSum.fill(gradient, from, values, weighted);
            changed.set(block);
        });
        if (gradient.denseLength() > 0) {
            changed.set(gradient.denseFrom() / layout.blockParameters(), layout.blocks());
        }
        return changed;
    }

    private double[] sums(int length) {
        sums = sums.length < length ? new double[length] : sums;
        return sums;
    }

    private static double sum(List<BlockChanges> contributions) {
        double weight = 0;
        for (BlockChanges each : contributions) {
            weight += each.weight();
        }
        return weight;
    }

    private static SortedMap<Integer, List<WeightedChange>> byBlock(
            List<BlockChanges> contributions, DoubleUnaryOperator share) {
        SortedMap<Integer, List<WeightedChange>> byBlock = new TreeMap<>();
        for (BlockChanges contribution : contributions) {
            for (BlockChange change : contribution.changes()) {
                byBlock.computeIfAbsent(change.block(), block -> new ArrayList<>())
                        .add(new WeightedChange(change, share.applyAsDouble(contribution.weight())));
            }
        }
        return byBlock;
    }
}
