package io.freshet.learning.replica;

import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.evaluation.UpdateTally;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.merge.BlockChange;
import io.freshet.learning.merge.Transfer;
import java.util.List;

/**
 * What a replica learned in one round. It is a function of the samples and of the merged points that the replica adopted, so
 * one sent again is equal.
 *
 * @param member the replica and its round
 * @param transfer of the changes
 * @param counts of the round
 * @param changes of the parameters, in the order of their blocks
 * @param moments of the numeric features in the samples of the round alone
 * @param validation of the samples of the round
 * @param lineage of the replica
 */
public record Contribution(
        Member member,
        Transfer transfer,
        Counts counts,
        List<BlockChange> changes,
        double[] moments,
        Validation validation,
        Lineage lineage) {
    /**
     * Counts of a round.
     *
     * @param received samples received
     * @param samples samples learned
     * @param updates optimizer steps
     * @param rejected samples rejected for their gradients
     */
    public record Counts(long received, long samples, long updates, long rejected) {}

    /**
     * Metrics of the samples of a round, each predicted by its replica before learning it.
     *
     * @param window metrics of the learned samples
     * @param updates of the round
     * @param holdout metrics of the held-out samples
     */
    public record Validation(Tally window, UpdateTally updates, Tally holdout) {}

    /** Returns the contribution without its changes, for the reducer that decides which contributions a round has. */
    public Contribution withoutChanges() {
        return new Contribution(member, transfer, counts, List.of(), moments, validation, lineage);
    }

    /**
     * Returns the changes of every count-th block from a first one on, for the reducer that merges these.
     *
     * @param count of reducers
     */
    public Contribution ofBlocks(int first, int count) {
        return new Contribution(
                member,
                transfer,
                counts,
                changes.stream()
                        .filter(change -> change.block() % count == first)
                        .toList(),
                new double[0],
                new Validation(
                        validation.window().empty(),
                        new UpdateTally(),
                        validation.holdout().empty()),
                new Lineage());
    }

    /** Returns the size of the changes in bytes. */
    public long bytes() {
        long bytes = 0;
        for (BlockChange change : changes) {
            bytes += change.bytes(transfer);
        }
        return bytes;
    }
}
