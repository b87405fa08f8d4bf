package io.freshet.job.replica;

import io.freshet.job.record.ModelKey;
import io.freshet.learning.learner.Learner;
import java.io.DataInput;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Starts or restores the parts of a model that are in this subtask. */
final class GroupStart {
    private final ReplicaRun run;
    private final Map<String, DataInput> restored;
    private final Learner learner;
    private final ReplicaGroup group;
    private String origin;
    private long merged;
    private long contributions;
    private boolean isDamaged;

    private GroupStart(ReplicaRun run, Map<String, DataInput> restored, ReplicaGroup group, String origin) {
        this.run = run;
        this.restored = restored;
        this.group = group;
        this.origin = origin;
        learner = group.learner();
        merged = run.recent();
        contributions = run.recent();
    }

    /**
     * Returns the parts of a model, or null if none are here.
     *
     * @param restored states by model key; those of the model are removed
     * @param origin of replicas that are not restored
     */
    static @Nullable FollowedGroup start(
            ReplicaRun run, Map<String, DataInput> restored, ReplicaGroup group, int replicas, String origin)
            throws IOException {
        GroupStart start = new GroupStart(run, restored, group, origin);
        String model = group.learner().spec().name();
        for (int replica = 0; replica < replicas; replica++) {
            start.replica(ModelKey.ofReplica(model, replica), replica);
        }
        start.reducer(ModelKey.ofWhole(model));
        return start.followed();
    }

    private void replica(String modelKey, int number) throws IOException {
        if (!run.isHere().test(modelKey)) {
            return;
        }
        DataInput in = restored.remove(modelKey);
        if (in == null) {
            group.start(number);
        } else {
            long position = position(in);
            merged = merged < 0 ? position : Math.min(merged, position);
            group.restore(StoredReplicas.readReplica(in));
        }
    }

    private void reducer(String modelKey) throws IOException {
        if (!run.isHere().test(modelKey)) {
            return;
        }
        DataInput in = restored.remove(modelKey);
        if (in == null) {
            group.startReducer();
        } else {
            contributions = position(in);
            group.restoreReducer(StoredReplicas.readReducer(learner.start(), in));
        }
    }

    private long position(DataInput in) throws IOException {
        StoredReplicas.Header header = StoredReplicas.readHeader(in);
        origin = header.origin();
        isDamaged |= header.isDamaged();
        return header.position();
    }

    private @Nullable FollowedGroup followed() {
        if (group.replicas().isEmpty() && group.reducing() == null) {
            return null;
        }
        FollowedGroup followed = new FollowedGroup(group, origin, merged, contributions);
        if (isDamaged) {
            followed.damage();
        }
        return followed;
    }
}
