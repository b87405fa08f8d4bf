package io.freshet.learning.replica;

import io.freshet.learning.learner.Learner;
import io.freshet.learning.model.Gradient;
import io.freshet.learning.model.StateLayout;
import io.freshet.learning.model.Weights;
import io.freshet.learning.spec.ReplicaSettings;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Merges the changes of a round, each block alone, in the order of the contributions. Holds scratch space: use one per thread. */
final class BlockMerge {
    private final MergedParts parts;
    private double[] sums = {};

    /** @param share of a contribution in the mean */
    record Weighted(BlockChange change, double share) {}

    BlockMerge(Learner learner, ReplicaSettings settings) {
        parts = MergedParts.of(settings, learner.spec().optimizer());
    }

    /** Returns the count of arrays of a block that are merged. */
    int parts() {
        return parts.count();
    }

    /** Returns the numbers of the blocks that contributions change, with all {@link #parts}. */
    SortedMap<Integer, float[]> merge(List<Contribution> contributions, Weights weights) {
        double samples = sum(contributions, each -> each.counts().samples());
        SortedMap<Integer, float[]> merged = new TreeMap<>();
        byBlock(contributions, each -> samples == 0 ? 0 : each.counts().samples() / samples)
                .forEach((block, changes) -> {
                    float[] values = weights.parts(block, parts.count());
                    add(changes, values, values.length / parts.count());
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
    BitSet merge(List<Contribution> contributions, Gradient gradient, StateLayout layout) {
        List<Contribution> finite =
                contributions.stream().filter(Contribution::isFinite).toList();
        double weight = sum(finite, each -> each.validation().window().weight());
        gradient.clear();
        BitSet changed = new BitSet();
        byBlock(finite, each -> weight == 0 ? 0 : 1 / weight).forEach((block, changes) -> {
            int from = layout.blockStart(block);
            float[] values = new float[layout.blockEnd(block) - from];
            add(changes, values, values.length);
            GradientSum.fill(gradient, from, values, changes);
            changed.set(block);
        });
        if (gradient.denseLength() > 0) {
            changed.set(gradient.denseFrom() / layout.blockParameters(), layout.blocks());
        }
        return changed;
    }

    /** Adds the weighted sum of changes to the numbers of a block, in doubles, and rounds once. */
    private void add(List<Weighted> changes, float[] values, int length) {
        sums = sums.length < values.length ? new double[values.length] : sums;
        for (int i = 0; i < values.length; i++) {
            sums[i] = values[i];
        }
        for (Weighted each : changes) {
            each.change().addTo(sums, length, each.share());
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) sums[i];
        }
    }

    private static double sum(List<Contribution> contributions, ToDoubleFunction<Contribution> weight) {
        double sum = 0;
        for (Contribution each : contributions) {
            sum += weight.applyAsDouble(each);
        }
        return sum;
    }

    private static SortedMap<Integer, List<Weighted>> byBlock(
            List<Contribution> contributions, ToDoubleFunction<Contribution> share) {
        SortedMap<Integer, List<Weighted>> byBlock = new TreeMap<>();
        for (Contribution contribution : contributions) {
            for (BlockChange change : contribution.changes()) {
                byBlock.computeIfAbsent(change.block(), block -> new ArrayList<>())
                        .add(new Weighted(change, share.applyAsDouble(contribution)));
            }
        }
        return byBlock;
    }
}
