package io.freshet.learning.replica;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The merged state after a round, as far as replicas adopt it. Everything that is learned follows from the samples and the
 * sequence of these.
 *
 * @param round from 1
 * @param members the contributions that were merged, in order of replica and round
 * @param blocks those that changed since the previous point
 * @param moments of the numeric features
 * @param scheduleMemory state of the learning-rate schedule
 * @param counts since the start
 * @param specification as YAML, of the rounds from {@code round} + 1 + staleness on; null if it does not change
 */
public record MergedPoint(
        long round,
        List<Member> members,
        List<Block> blocks,
        double[] moments,
        double[] scheduleMemory,
        Counts counts,
        @Nullable String specification) {
    /**
     * How a round was closed.
     *
     * @param members the contributions that were merged, in order of replica and round
     * @param specification that the point announces; null for none
     */
    public record Closing(List<Member> members, @Nullable String specification) {}

    /** Returns the point with other blocks. */
    public MergedPoint withBlocks(List<Block> others) {
        return new MergedPoint(round, members, others, moments, scheduleMemory, counts, specification);
    }

    /** Returns how the round was closed. */
    public Closing closing() {
        return new Closing(members, specification);
    }

    /**
     * A block of the merged state.
     *
     * @param block its number
     * @param values parameters, then each slot that is merged
     */
    public record Block(int block, float[] values) {}

    /**
     * Counts of the merged state.
     *
     * @param samples learned
     * @param updates optimizer steps, of each round those of the replica with the most
     * @param otherUpdates all further steps of the replicas
     */
    public record Counts(long samples, long updates, long otherUpdates) {
        long total() {
            return updates + otherUpdates;
        }
    }
}
