package io.freshet.job.state;

import io.freshet.learning.spec.PublishSpec.Lane;
import org.jspecify.annotations.Nullable;

/**
 * How far a model and key was published.
 *
 * @param version of the last snapshot of this state that went out; 0 if none did
 * @param lane that the last snapshot went out in, which may be of a state before this one; null if none did
 * @param blocks of that snapshot; 0 if it was one record
 * @param sinceFull snapshots since the last one that went out with all its blocks
 * @param leftBlocks blocks of the snapshot that is still in the other lane, or {@link #NOTHING_THERE}
 */
public record PublishProgress(long version, @Nullable Lane lane, int blocks, int sinceFull, int leftBlocks) {
    public static final int NOTHING_THERE = -1;
    static final PublishProgress NOTHING = new PublishProgress(0, null, 0, 0, NOTHING_THERE);

    /** Returns the blocks of the snapshot in a lane; 0 if it is one record, {@link #NOTHING_THERE} if there is none. */
    public int blocksIn(Lane which) {
        if (lane == null) {
            return NOTHING_THERE;
        }
        return lane == which ? blocks : leftBlocks;
    }

    /** Returns what is published of a state that starts anew in the place of this one. */
    PublishProgress startAnew() {
        return new PublishProgress(0, lane, blocks, 0, leftBlocks);
    }

    /** Returns the same with nothing left in the other lane. */
    public PublishProgress cleared() {
        return new PublishProgress(version, lane, blocks, sinceFull, NOTHING_THERE);
    }

    /** Returns the same after another snapshot. */
    public PublishProgress next(long newVersion, Lane newLane, int newBlocks, boolean full) {
        boolean moved = lane != null && lane != newLane;
        return new PublishProgress(
                newVersion, newLane, newBlocks, full ? 0 : sinceFull + 1, moved ? blocks : leftBlocks);
    }
}
