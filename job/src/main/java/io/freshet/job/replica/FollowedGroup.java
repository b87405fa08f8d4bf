package io.freshet.job.replica;

import io.freshet.schemas.rounds.RoundsCodec;

/** The replicas and the reducer of one model in this subtask, and where they are in the rounds topic. */
final class FollowedGroup {
    private final ReplicaGroup group;
    private final String origin;
    /** Followed by the replicas, and by the reducer's subtask, which has to hear of failures. */
    private final RoundsStream merged;
    /** Followed by the reducer. */
    private final RoundsStream contributions;

    private final long firstMerged;
    private final long firstContribution;
    private boolean isDamaged;

    /**
     * @param origin identifies the replicas since they started from scratch
     * @param merged where to start to read merged points, as for {@link RoundsLog.Connection#follow}
     * @param contributions where to start to read contributions
     */
    FollowedGroup(ReplicaGroup group, String origin, long merged, long contributions) {
        String model = group.model();
        this.group = group;
        this.origin = origin;
        firstMerged = merged;
        firstContribution = contributions;
        this.merged = new RoundsStream(RoundsCodec.key(model, false), merged);
        this.contributions = new RoundsStream(RoundsCodec.key(model, true), contributions);
    }

    ReplicaGroup group() {
        return group;
    }

    String origin() {
        return origin;
    }

    RoundsStream merged() {
        return merged;
    }

    RoundsStream contributions() {
        return contributions;
    }

    /** Returns whether a failure left the states half-updated, here or in another subtask. */
    boolean isDamaged() {
        return isDamaged;
    }

    void damage(String reason) {
        isDamaged = true;
        group.fail(reason);
    }

    /** Returns what to store beside the state of a replica. */
    StoredReplicas.Header replicaHeader() {
        return new StoredReplicas.Header(origin, merged.position(), contributions.position(), isDamaged);
    }

    /** Returns what to store beside the state of the reducer. */
    StoredReplicas.Header reducerHeader(GroupReducer reducer) {
        return reducer.isCatchingUp()
                ? new StoredReplicas.Header(origin, firstMerged, firstContribution, isDamaged)
                : replicaHeader();
    }
}
