package io.freshet.learning.lineage;

/**
 * Where in the samples topic a model and key began to learn, which tells its lives apart: one that was deleted, forgotten or
 * reset, or has lost its state, begins anew with other samples, and counts from 1 again.
 *
 * <p>A recovery goes on with a life, and learns it again from the same samples; so does one that begins anew with the samples
 * of the life before it.
 *
 * @param partitions that samples came from
 * @param firstOffsets the first one that came of each, the same length
 */
public record Incarnation(int[] partitions, long[] firstOffsets) {
    /** Where it is not known. */
    public static final Incarnation UNKNOWN = new Incarnation(new int[0], new long[0]);

    /**
     * Whether what began here and what began there is one life: they have a partition in common, and the same first offset in
     * each that they have in common. Partitions may have joined since. True where one of them is not known.
     */
    public boolean isSameIncarnation(Incarnation other) {
        boolean met = partitions.length == 0 || other.partitions.length == 0;
        for (int i = 0; i < partitions.length; i++) {
            for (int j = 0; j < other.partitions.length; j++) {
                if (partitions[i] == other.partitions[j]) {
                    if (firstOffsets[i] != other.firstOffsets[j]) {
                        return false;
                    }
                    met = true;
                }
            }
        }
        return met;
    }
}
