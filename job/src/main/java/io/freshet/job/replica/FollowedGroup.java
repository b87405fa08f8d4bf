package io.freshet.job.replica;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The replicas and the reducers of one model in this subtask, and where they are in the rounds topic. */
final class FollowedGroup {
    private final ReplicaGroup group;
    private final String origin;
    private final long firstMerged;
    /** Followed by the replicas, and by the reducers' subtasks, which have to hear of failures. */
    private final RoundsStream merged;
    /** Followed by the reducers that are here, by their model keys. */
    private final Map<String, RoundsStream> inboxes;
    /** The keys of streams of which not everything is received that was stored when they were first followed. */
    private final Set<String> behind = new HashSet<>();

    /**
     * @param origin identifies the replicas since they started from scratch
     * @param firstMerged where {@code merged} starts
     */
    FollowedGroup(
            ReplicaGroup group,
            String origin,
            long firstMerged,
            RoundsStream merged,
            Map<String, RoundsStream> inboxes) {
        this.group = group;
        this.origin = origin;
        this.firstMerged = firstMerged;
        this.merged = merged;
        this.inboxes = inboxes;
        streams().forEach(stream -> behind.add(stream.key()));
    }

    ReplicaGroup group() {
        return group;
    }

    String origin() {
        return origin;
    }

    /** Records that everything under a key is received that was stored when it was first followed; returns whether that is so for all. */
    boolean caughtUp(String key) {
        return behind.remove(key) && behind.isEmpty();
    }

    /** Returns the streams that are followed here. */
    List<RoundsStream> streams() {
        List<RoundsStream> streams = new ArrayList<>(inboxes.values());
        streams.add(0, merged);
        return streams;
    }

    /** Returns what to store beside a state. */
    StoredReplicas.Header header(String modelKey) {
        RoundsStream inbox = inboxes.get(modelKey);
        return new StoredReplicas.Header(
                origin,
                group.isCatchingUp(modelKey) ? firstMerged : merged.position(),
                inbox == null ? 0 : inbox.position(),
                group.isDamaged());
    }
}
