package io.freshet.job.replica;

import io.freshet.schemas.rounds.RoundsCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The replicas and the reducer of one model in this subtask, and where they are in the rounds topic. */
final class FollowedGroup {
    private final ReplicaGroup group;
    private final String origin;
    /** Followed by the replicas, and by the reducer's subtask, which has to hear of failures. */
    private final RoundsStream merged;
    /** Followed by the reducer. */
    private final RoundsStream contributions;
    /** Followed by the reducers of blocks, by their first block. */
    private final Map<Integer, RoundsStream> changes;

    private final long firstMerged;
    private final long firstContribution;
    private boolean isDamaged;

    /**
     * @param origin identifies the replicas since they started from scratch
     * @param merged where to start to read merged points, as for {@link RoundsLog.Connection#follow}
     * @param contributions where to start to read contributions
     * @param changes the same for the reducers of blocks that are here, by their first block
     */
    FollowedGroup(ReplicaGroup group, String origin, long merged, long contributions, Map<Integer, Long> changes) {
        String model = group.model();
        this.group = group;
        this.origin = origin;
        firstMerged = merged;
        firstContribution = contributions;
        this.merged = new RoundsStream(RoundsCodec.key(model, false), merged);
        this.contributions = new RoundsStream(RoundsCodec.key(model, true), contributions);
        this.changes = new TreeMap<>();
        changes.forEach((first, start) ->
                this.changes.put(first, new RoundsStream(RoundsCodec.blocksKey(model, first), start)));
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

    /** Returns the streams that are followed here. */
    List<RoundsStream> streams() {
        List<RoundsStream> streams = new ArrayList<>();
        streams.add(merged);
        if (group.reducing() != null) {
            streams.add(contributions);
        }
        streams.addAll(changes.values());
        return streams;
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

    /** Returns what to store beside the state of a reducer of blocks. */
    StoredReplicas.Header blocksHeader(int first) {
        RoundsStream own = Objects.requireNonNull(changes.get(first));
        return new StoredReplicas.Header(origin, merged.position(), own.position(), isDamaged);
    }

    /** Returns what to store beside the state of the reducer. */
    StoredReplicas.Header reducerHeader(GroupReducer reducer) {
        return reducer.isCatchingUp()
                ? new StoredReplicas.Header(origin, firstMerged, firstContribution, isDamaged)
                : replicaHeader();
    }
}
