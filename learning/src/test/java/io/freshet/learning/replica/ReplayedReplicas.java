package io.freshet.learning.replica;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ReplicaSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Learns each replica alone from the log of all rounds, and then closes the rounds as the log says. */
final class ReplayedReplicas {
    private final Map<ContributionId, Contribution> contributions = new HashMap<>();

    private ReplayedReplicas() {}

    /** @param learner of the specification of the first round */
    static LearnerState replay(
            Learner learner, ReplicaSettings settings, List<List<Sample>> samples, List<MergedPoint> log) {
        ReplayedReplicas replayed = new ReplayedReplicas();
        for (int r = 0; r < samples.size(); r++) {
            Replica replica = new Replica(learner, settings);
            ReplicaState state = replica.start(r, learner.start());
            log.forEach(point -> replica.receive(state, point));
            samples.get(r).forEach(sample -> replayed.add(replica.learn(state, sample)));
            replayed.add(replica.finish(state));
        }
        return replayed.merge(new Reducer(learner, settings), learner, log);
    }

    private void add(@Nullable Contribution contribution) {
        if (contribution != null) {
            contributions.put(contribution.member(), contribution);
        }
    }

    private LearnerState merge(Reducer reducer, Learner learner, List<MergedPoint> log) {
        ReducerState state = reducer.start(learner.start());
        for (MergedPoint point : log) {
            for (ContributionId member : point.closing().members()) {
                state.receive(Objects.requireNonNull(contributions.get(member), member.toString()));
            }
            reducer.close(state, point.closing());
        }
        return state.merged();
    }
}
