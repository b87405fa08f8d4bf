package io.freshet.learning.features;

import java.util.HashMap;
import java.util.Map;

/**
 * Identifies an incarnation of a model key by its first offsets in the samples topic. A model key that was deleted, expired,
 * or reset, or that lost its state, starts a new incarnation with other samples, and its versions count from 1 again.
 *
 * <p>A recovery continues an incarnation. So does a start from scratch with the same first samples.
 *
 * @param partitions that samples were received from
 * @param firstOffsets the first offset received from each, the same length
 */
public record Incarnation(int[] partitions, long[] firstOffsets) {
    /** An incarnation whose first offsets are unknown. */
    public static final Incarnation UNKNOWN = new Incarnation(new int[0], new long[0]);

    /**
     * Returns whether two are the same incarnation: they share a partition, and have the same first offset in every shared
     * partition. Either may have other partitions too. True if one of them is unknown.
     */
    public boolean isSameIncarnation(Incarnation other) {
        boolean shared = partitions.length == 0 || other.partitions.length == 0;
        Map<Integer, Long> firstByPartition = new HashMap<>();
        for (int i = 0; i < partitions.length; i++) {
            firstByPartition.put(partitions[i], firstOffsets[i]);
        }
        for (int i = 0; i < other.partitions.length; i++) {
            Long first = firstByPartition.get(other.partitions[i]);
            if (first != null && first != other.firstOffsets[i]) {
                return false;
            }
            shared |= first != null;
        }
        return shared;
    }
}
