package io.freshet.job.replica;

import io.freshet.job.record.ModelKey;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.replica.RoundsMessage;
import java.io.DataInput;
import java.io.IOException;
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
    /** Null unless restored. */
    private @Nullable Long merged;

    private boolean isDamaged;

    private GroupStart(ReplicaRun run, Map<String, StoredReplicas.Stored> restored, ReplicaGroup group) {
        this.run = run;
        this.restored = restored;
        this.group = group;
    }

    /**
     * Starts or restores the parts of a model; returns whether any are here.
     *
     * @param restored states by model key; those of the model are removed
     */
    static boolean start(ReplicaRun run, Map<String, StoredReplicas.Stored> restored, ReplicaGroup group, int replicas)
            throws IOException {
        return new GroupStart(run, restored, group).start(replicas);
    }

    private boolean start(int replicas) throws IOException {
        Learner learner = group.learner();
        for (int replica = 0; replica < replicas; replica++) {
            String modelKey = group.modelKey(replica);
            if (run.isHere().test(modelKey)) {
                DataInput stored = stored(modelKey);
                group.replica(replica, stored == null ? null : ReplicaState.read(stored));
            }
        }
        String whole = ModelKey.ofWhole(group.model());
        if (run.isHere().test(whole)) {
            StoredReplicas.Stored known = restored.get(whole);
            group.follow(
                    RoundsMessage.TO_REDUCER,
                    known == null ? run.recent() : known.header().contributions());
            DataInput stored = stored(whole);
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
            return false;
        }
        if (isDamaged) {
            group.damage(DAMAGED);
        }
        group.follow(RoundsMessage.TO_ALL, merged == null ? run.recent() : merged);
        return true;
    }

    private @Nullable DataInput stored(String modelKey) {
        StoredReplicas.Stored stored = restored.remove(modelKey);
        if (stored == null) {
            return null;
        }
        StoredReplicas.Header header = stored.header();
        isDamaged |= header.isDamaged();
        merged = merged == null ? header.merged() : Math.min(merged, header.merged());
        return stored.state();
    }
}
