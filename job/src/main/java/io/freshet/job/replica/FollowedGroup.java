package io.freshet.job.replica;

import io.freshet.learning.replica.RoundsMessage;
import io.freshet.schemas.rounds.RoundsRecord;
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

    /**
     * @param origin identifies the replicas since they started from scratch
     * @param merged where to start to read merged points, as for {@link RoundsLog.Connection#follow}
     * @param contributions where to start to read contributions
     * @param changes the same for the reducers of blocks that are here, by their first block
     */
    FollowedGroup(ReplicaGroup group, String origin, long merged, long contributions, Map<Integer, Long> changes) {
        this.group = group;
        this.origin = origin;
        firstMerged = merged;
        this.merged = stream(RoundsMessage.TO_ALL, merged);
        this.contributions = stream(RoundsMessage.TO_REDUCER, contributions);
        this.changes = new TreeMap<>();
        changes.forEach((first, start) -> this.changes.put(first, stream(RoundsMessage.toBlocks(first), start)));
    }

    private RoundsStream stream(String to, long start) {
        return new RoundsStream(RoundsRecord.key(group.model(), to), group.assembly(), start);
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

    /** Keeps the position of a stream before the records of a round until it is finished here: its blocks are in no checkpoint. */
    void hold(RoundsStream stream, long round, long offset) {
        if (group.blockReducers() > 0) {
            long finished = group.finishedRound();
            merged.release(finished);
            if (stream == merged && round > finished) {
                stream.hold(round, offset);
            }
        }
    }

    private void release() {
        merged.release(group.finishedRound());
    }

    /** Returns what to store beside the state of a replica. */
    StoredReplicas.Header replicaHeader() {
        release();
        return new StoredReplicas.Header(origin, merged.position(), contributions.position(), group.isDamaged());
    }

    /** Returns what to store beside the state of a reducer of blocks. */
    StoredReplicas.Header blocksHeader(int first) {
        release();
        RoundsStream own = Objects.requireNonNull(changes.get(first));
        return new StoredReplicas.Header(origin, merged.position(), own.position(), group.isDamaged());
    }

    /** Returns what to store beside the state of the reducer. */
    StoredReplicas.Header reducerHeader(GroupReducer reducer) {
        return reducer.decisions().isCatchingUp()
                ? new StoredReplicas.Header(origin, firstMerged, contributions.position(), group.isDamaged())
                : replicaHeader();
    }
}
