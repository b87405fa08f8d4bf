package io.freshet.job.replica;

import io.freshet.job.record.ModelKey;
import io.freshet.learning.learner.Learner;
import java.io.DataInput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Starts or restores the parts of a model that are in this subtask. */
final class GroupStart {
    private static final String DAMAGED =
            "state: half-updated by an earlier failure (expected: the model deleted and applied"
                    + " again, or a checkpoint from before the failure)";

    private final ReplicaRun run;
    private final Map<String, StoredReplicas.Stored> restored;
    private final Learner learner;
    private final ReplicaGroup group;
    private String origin;
    /** Null unless restored. */
    private @Nullable Long merged;

    private long contributions;
    private final Map<Integer, Long> changes = new TreeMap<>();
    private boolean isDamaged;

    private GroupStart(ReplicaRun run, Map<String, StoredReplicas.Stored> restored, ReplicaGroup group, String origin) {
        this.run = run;
        this.restored = restored;
        this.group = group;
        this.origin = origin;
        learner = group.learner();
        contributions = run.recent();
    }

    /**
     * Returns the parts of a model, or null if none are here.
     *
     * @param restored states by model key; those of the model are removed
     * @param origin of replicas that are not restored
     */
    static @Nullable FollowedGroup start(
            ReplicaRun run,
            Map<String, StoredReplicas.Stored> restored,
            ReplicaGroup group,
            int replicas,
            String origin)
            throws IOException {
        GroupStart start = new GroupStart(run, restored, group, origin);
        String model = group.model();
        for (int replica = 0; replica < replicas; replica++) {
            start.replica(ModelKey.ofReplica(model, replica), replica);
        }
        start.reducer(ModelKey.ofWhole(model));
        for (int first = 0; first < group.blockReducers(); first++) {
            start.blocks(ModelKey.ofBlocks(model, first), first);
        }
        return start.followed();
    }

    private void replica(String modelKey, int number) throws IOException {
        if (run.isHere().test(modelKey)) {
            DataInput stored = stored(modelKey, header -> {});
            group.add(stored == null ? group.start(number) : StoredReplicas.readReplica(stored));
        }
    }

    private void reducer(String modelKey) throws IOException {
        if (run.isHere().test(modelKey)) {
            DataInput stored = stored(modelKey, header -> contributions = header.contributions());
            group.reducer(stored == null ? null : StoredReplicas.readReducer(learner.start(), stored));
        }
    }

    private void blocks(String modelKey, int first) throws IOException {
        if (run.isHere().test(modelKey)) {
            changes.put(first, run.recent());
            DataInput stored = stored(modelKey, header -> changes.put(first, header.contributions()));
            group.blocks().add(stored == null ? group.startBlocks(first) : StoredReplicas.readBlocks(stored));
        }
    }

    private @Nullable DataInput stored(String modelKey, Consumer<StoredReplicas.Header> positions) {
        StoredReplicas.Stored stored = restored.remove(modelKey);
        if (stored == null) {
            return null;
        }
        use(stored.header());
        positions.accept(stored.header());
        return stored.state();
    }

    private void use(StoredReplicas.Header header) {
        origin = header.origin();
        isDamaged |= header.isDamaged();
        merged = merged == null ? header.merged() : Math.min(merged, header.merged());
    }

    private @Nullable FollowedGroup followed() {
        if (group.replicas().isEmpty() && group.reducing() == null && changes.isEmpty()) {
            return null;
        }
        if (isDamaged) {
            group.damage(DAMAGED);
        }
        return new FollowedGroup(group, origin, merged == null ? run.recent() : merged, contributions, changes);
    }
}
