package io.freshet.server.store;

import io.freshet.learning.spec.PublishSpec.Lane;

/**
 * Where a snapshot was read.
 *
 * @param lane of the topic
 * @param creation how often the topic had been recreated since the server started
 * @param partition of the topic
 */
public record SnapshotOrigin(Lane lane, int creation, int partition) {
    /**
     * Returns whether what is read here follows what was read at {@code earlier}, whatever the clocks of their publishers: in
     * the same partition, or in the topic that replaced the earlier one.
     */
    boolean follows(SnapshotOrigin earlier) {
        return lane == earlier.lane && (creation > earlier.creation || partition == earlier.partition);
    }

    /** Returns whether the topic that was read at {@code earlier} has been recreated since. */
    boolean replaces(SnapshotOrigin earlier) {
        return lane == earlier.lane && creation > earlier.creation;
    }
}
