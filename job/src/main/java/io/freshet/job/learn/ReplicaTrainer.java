package io.freshet.job.learn;

import io.freshet.job.record.ModelKey;
import io.freshet.job.replica.GroupReducer;
import io.freshet.job.replica.ReplicaGroup;
import io.freshet.job.replica.ReplicaGroups;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.Reducer.ClosedRound;
import io.freshet.learning.replica.RoundsMessage;
import java.util.List;

/** Trains replicas on samples, merges the rounds of their model into its stored state, and publishes that when due. */
final class ReplicaTrainer {
    private final ReplicaGroups groups;
    private final CurrentModel current;
    private final LearnReports reports;
    private final PublishTimers publishTimers;

    ReplicaTrainer(ReplicaGroups groups, CurrentModel current, LearnReports reports, PublishTimers publishTimers) {
        this.groups = groups;
        this.current = current;
        this.reports = reports;
        this.publishTimers = publishTimers;
    }

    void learn(ReplicaGroup group, int replica, Sample sample) throws InterruptedException {
        groups.send(group.model(), group.learn(replica, sample, reports));
    }

    /** Ends the samples of a replica. */
    void finish(ReplicaGroup group, int replica) throws InterruptedException {
        List<RoundsMessage> messages = group.finish(replica);
        if (!messages.isEmpty()) {
            reports.rejected(group.lastLearner());
            groups.send(group.model(), messages);
        }
    }

    /** Closes the rounds that are due. */
    void close(ReplicaGroup group, GroupReducer reducing) throws Exception {
        GroupReducer.Decision next = reducing.decide();
        while (group.failure() == null && next != null) {
            closeNext(group, reducing, next);
            next = reducing.decide();
        }
    }

    private void closeNext(ReplicaGroup group, GroupReducer reducing, GroupReducer.Decision next) throws Exception {
        Learner learner = reducing.learner();
        if (!next.missing().isEmpty()) {
            reports.missing(learner, next.closing().round(), next.missing());
        }
        reports.using(learner);
        boolean isFinal = reducing.isFinal(next);
        boolean isNew = current.read(ModelKey.ofWhole(group.model())) == null;
        ClosedRound closed = reducing.close(
                next, isNew ? current.start(learner) : current.state().learner());
        if (closed.losses() != null) {
            reports.windowEnded(learner, reducing.merged(), closed.losses());
        }
        MergedPoint point = reducing.point(closed);
        groups.send(group.model(), next.isOwn() ? List.of(point) : List.of());
        current.replace(learner, reducing.merged());
        current.save();
        if (!isFinal) {
            // A run that replaces this one may decide otherwise.
            groups.flush();
        }
        if (group.failure() == null) {
            publishTimers.learned(learner);
        }
    }
}
