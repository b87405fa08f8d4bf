package io.freshet.job.replica;

import io.freshet.job.record.ModelKey;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.rounds.RoundsMessage;
import io.freshet.schemas.rounds.RoundsRecord;
import java.io.DataInput;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Starts or restores the parts of a model that are in this subtask. */
final class GroupStart {
    private static final String DAMAGED =
            "state: half-updated by an earlier failure (expected: the model deleted and applied"
                    + " again, or a checkpoint from before the failure)";

    private final ReplicaRun run;
    private final Map<String, StoredReplicas.Stored> restored;
    private final ReplicaGroup group;
    private final String origin;
    /** Null unless restored. */
    private @Nullable Long merged;

    private boolean isDamaged;
    /** Where a reducer that is here reads what is sent to it, by its model key. */
    private final Map<String, RoundsStream> inboxes = new LinkedHashMap<>();

    private GroupStart(ReplicaRun run, Map<String, StoredReplicas.Stored> restored, ReplicaGroup group, String origin) {
        this.run = run;
        this.restored = restored;
        this.group = group;
        this.origin = origin;
    }

    /**
     * Returns the parts of a model, or null if none are here.
     *
     * @param restored states by model key; those of the model are removed
     * @param origin of the model's replicas
     */
    static @Nullable FollowedGroup start(
            ReplicaRun run,
            Map<String, StoredReplicas.Stored> restored,
            ReplicaGroup group,
            int replicas,
            String origin)
            throws IOException {
        return new GroupStart(run, restored, group, origin).start(replicas);
    }

    /** Returns a model that has no parts here. */
    static FollowedGroup empty(ReplicaRun run, ReplicaGroup group, String origin) {
        return new GroupStart(run, Map.of(), group, origin).followed();
    }

    private @Nullable FollowedGroup start(int replicas) throws IOException {
        Learner learner = group.learner();
        for (int replica = 0; replica < replicas; replica++) {
            String modelKey = group.modelKey(replica);
            if (run.isHere().test(modelKey)) {
                DataInput stored = stored(modelKey, null);
                group.replica(replica, stored == null ? null : ReplicaState.read(stored));
            }
        }
        String whole = ModelKey.ofWhole(group.model());
        if (run.isHere().test(whole)) {
            DataInput stored = stored(whole, RoundsMessage.TO_REDUCER);
            group.reducer(stored == null ? null : ReducerState.read(learner.start(), stored));
        }
        List<String> others = restored.keySet().stream()
                .filter(key -> ModelKey.isOf(key, group.model()))
                .sorted()
                .toList();
        if (!others.isEmpty()) {
            group.damage("state: stored as " + String.join(", ", others) + " (expected: the keys of the model, such as "
                    + group.modelKey(0) + ")");
        } else if (group.states().isEmpty()) {
            return null;
        }
        if (isDamaged) {
            group.damage(DAMAGED);
        }
        return followed();
    }

    private FollowedGroup followed() {
        long start = merged == null ? run.recent() : merged;
        return new FollowedGroup(group, origin, start, stream(RoundsMessage.TO_ALL, start), inboxes);
    }

    /** @param to reader of what is sent to the state's reducer; null for a replica */
    private @Nullable DataInput stored(String modelKey, @Nullable String to) {
        StoredReplicas.Stored stored = restored.remove(modelKey);
        if (to != null) {
            inboxes.put(
                    modelKey,
                    stream(to, stored == null ? run.recent() : stored.header().contributions()));
        }
        if (stored == null) {
            return null;
        }
        StoredReplicas.Header header = stored.header();
        isDamaged |= header.isDamaged();
        merged = merged == null ? header.merged() : Math.min(merged, header.merged());
        return stored.state();
    }

    private RoundsStream stream(String to, long start) {
        return new RoundsStream(RoundsRecord.key(group.model(), to), group.assembly(), start);
    }
}
