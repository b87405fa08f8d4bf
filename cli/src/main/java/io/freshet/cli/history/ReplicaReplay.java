package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.ContributionId;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.Replica;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.spec.ReplicaSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Learns the samples of replicas again, and merges what they contribute in the recorded rounds. {@link Replica} and {@link
 * Reducer} decide what is learned and merged, as in the job.
 */
final class ReplicaReplay {
    private final Replica replica;
    private final Reducer reducer;
    private final SampleTurns samples;
    private final List<ReplicaState> replicas = new ArrayList<>();
    private final ReducerState merged;
    private final Learner learner;

    /** The samples of each replica, in the order in which it learns them. */
    interface SampleTurns {
        /**
         * Returns the next sample of a replica, or null at the end.
         *
         * @throws CommandException if it is not known which is next
         */
        @Nullable Sample next(int replica) throws CommandException;
    }

    ReplicaReplay(Learner learner, SampleTurns samples) {
        ReplicaSettings settings = Objects.requireNonNull(learner.spec().replicas());
        this.learner = learner;
        this.samples = samples;
        replica = new Replica(learner, settings);
        reducer = new Reducer(learner, settings);
        for (int r = 0; r < settings.count(); r++) {
            replicas.add(replica.start(r, learner.start()));
        }
        merged = reducer.start(learner.start());
    }

    /**
     * Closes the recorded rounds; returns the snapshot.
     *
     * @throws CommandException if there are fewer samples than the replicas received
     */
    Snapshot snapshot(List<MergedRounds.Round> rounds) throws CommandException {
        for (MergedRounds.Round round : rounds) {
            for (ContributionId member : round.closing().members()) {
                merged.receive(contribution(member));
            }
            MergedPoint point = reducer.close(merged, round.closing());
            replicas.forEach(each -> replica.receive(each, point));
        }
        return learner.snapshot(merged.merged(), "");
    }

    private Contribution contribution(ContributionId member) throws CommandException {
        ReplicaState state = replicas.get(member.replica());
        Contribution contribution = null;
        for (long i = 0; i < member.received(); i++) {
            Sample sample = samples.next(member.replica());
            if (sample == null) {
                throw new CommandException("replica " + member.replica() + ": " + i + " samples in round "
                        + member.round() + " (expected: the " + member.received() + " that it received)");
            }
            contribution = replica.learn(state, sample);
        }
        if (contribution == null) {
            contribution = replica.finish(state);
        }
        return Objects.requireNonNull(contribution, "contribution");
    }
}
