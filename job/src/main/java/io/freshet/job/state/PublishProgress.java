package io.freshet.job.state;

import io.freshet.learning.spec.PublishSpec.Lane;
import org.jspecify.annotations.Nullable;

/**
 * The publication progress of one model key.
 *
 * @param version of the last snapshot of this state; 0 if none
 * @param lane of the last snapshot, which may be of an earlier incarnation; null if none
 * @param blocks of that snapshot; 0 if it was one record
 * @param sinceFull snapshots since the last one published with all its blocks
 * @param leftBlocks number of blocks of the snapshot still in the other lane, or {@link #NO_SNAPSHOT}
 */
public record PublishProgress(long version, @Nullable Lane lane, int blocks, int sinceFull, int leftBlocks) {
    public static final int NO_SNAPSHOT = -1;
    static final PublishProgress NOTHING = new PublishProgress(0, null, 0, 0, NO_SNAPSHOT);

    /** Returns the number of blocks of the snapshot in a lane: 0 if it is one record, {@link #NO_SNAPSHOT} if none. */
    public int blocksIn(Lane requested) {
        if (lane == null) {
            return NO_SNAPSHOT;
        }
        return lane == requested ? blocks : leftBlocks;
    }

    /** Returns the progress of a state that replaces this one and starts from scratch. */
    PublishProgress reset() {
        return new PublishProgress(0, lane, blocks, 0, leftBlocks);
    }

    /** Returns the progress after the snapshot in the other lane was deleted. */
    public PublishProgress cleared() {
        return new PublishProgress(version, lane, blocks, sinceFull, NO_SNAPSHOT);
    }

    /** Returns the progress after another snapshot. */
    public PublishProgress next(long newVersion, Lane newLane, int newBlocks, boolean full) {
        boolean moved = lane != null && lane != newLane;
        return new PublishProgress(
                newVersion, newLane, newBlocks, full ? 0 : sinceFull + 1, moved ? blocks : leftBlocks);
    }
}
