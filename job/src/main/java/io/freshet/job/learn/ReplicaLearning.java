package io.freshet.job.learn;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.replica.GroupReducer;
import io.freshet.job.replica.ReplicaGroup;
import io.freshet.job.replica.ReplicaGroups;
import io.freshet.job.replica.RoundsLog;
import io.freshet.job.specs.ActiveLearners;
import io.freshet.job.specs.FailedModel;
import io.freshet.job.specs.ModelFailure;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.replica.Reducer.ClosedRound;
import io.freshet.learning.replica.RoundsMessage;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.function.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/**
 * Learns the samples of replicas that are in turn, and stores and publishes what their reducer merges. A model that fails here
 * fails in all subtasks.
 */
final class ReplicaLearning {
    private final ReplicaGroups groups;
    private final ActiveLearners learners;
    private final CurrentModel current;
    private final ModelTrainer trainer;
    private final PublishTimers timers;
    private final Quarantine quarantine;
    private final Consumer<String> currentKey;
    private final ProcessingTimeService clock;

    /** @param currentKey sets the key of the keyed state */
    ReplicaLearning(
            ReplicaGroups groups,
            ActiveLearners learners,
            CurrentModel current,
            ModelTrainer trainer,
            PublishTimers timers,
            Quarantine quarantine,
            Consumer<String> currentKey,
            ProcessingTimeService clock) {
        this.groups = groups;
        this.learners = learners;
        this.current = current;
        this.trainer = trainer;
        this.timers = timers;
        this.quarantine = quarantine;
        this.currentKey = currentKey;
        this.clock = clock;
    }

    /** Returns whether a replica need not wait for a merged point. That of a failed model need not: its samples are rejected. */
    boolean isReady(Learner learner, String modelKey) {
        return learners.failure(learner) != null || group(learner).isReady(ModelKey.replica(modelKey));
    }

    private ReplicaGroup group(Learner learner) {
        return Objects.requireNonNull(
                groups.group(learner.spec().name()), learner.spec().name());
    }

    void learn(Learner learner, KeyedSample keyed) throws Exception {
        if (learners.failure(learner) == null) {
            int replica = ModelKey.replica(keyed.modelKey());
            String model = learner.spec().name();
            attempt(learner, () -> groups.send(model, group(learner).learn(replica, keyed.sample(), trainer)));
        }
        ModelFailure failure = learners.failure(learner);
        if (failure != null) {
            quarantine.reject(FailedModel.of(learner, failure), keyed.sample());
        }
    }

    /** Fails the newest specifications of models that have failed, and models whose newest specification has failed. */
    void reportFailures() throws InterruptedException {
        for (ReplicaGroup group : groups.all()) {
            ModelFailure failure = learners.failure(group.model());
            if (group.failure() != null) {
                report(group, group.failure());
            } else if (failure != null) {
                groups.fail(group.model(), failure.reason());
            }
        }
    }

    private void report(ReplicaGroup group, String reason) {
        Learner current = current(group);
        if (current != null && learners.failure(current) == null) {
            quarantine.fail(current, ModelFailure.because(reason));
        }
    }

    /** Returns the learner to fail; that of a new model, which other subtasks may learn already, is still pending. */
    private @Nullable Learner current(ReplicaGroup group) {
        Learner current = learners.current(group.model());
        return current == null ? learners.newest(group.model()) : current;
    }

    private void attempt(ReplicaGroup group, ThrowingRunnable<Exception> action) throws Exception {
        Learner current = current(group);
        if (current != null && group.failure() == null) {
            attempt(current, action);
        }
        if (group.failure() != null) {
            report(group, group.failure());
        }
    }

    private void attempt(Learner learner, ThrowingRunnable<Exception> action) throws Exception {
        if (!quarantine.attempt(learner, action)) {
            String reason =
                    Objects.requireNonNull(learners.failure(learner), "failure").reason();
            groups.fail(learner.spec().name(), reason);
        }
    }

    /** Receives a record of the rounds topic, and closes the rounds that are due then. */
    void receive(RoundsLog.Entry record) throws Exception {
        ReplicaGroups.Received received = groups.receive(record);
        if (received != null) {
            ReplicaGroup group = received.group();
            attempt(group, () -> {
                groups.send(group.model(), received.apply());
                close(group);
            });
        }
    }

    /** Records that everything under a key of the rounds topic is received that was stored when the task started. */
    void caughtUp(String key) throws Exception {
        ReplicaGroup group = groups.caughtUp(key);
        if (group != null) {
            attempt(group, () -> close(group));
        }
    }

    void failRefused() throws InterruptedException {
        groups.failRefused();
        reportFailures();
    }

    void unusable(Exception failure) throws InterruptedException {
        groups.unusable(failure);
        reportFailures();
    }

    void flush() throws Exception {
        groups.flush();
        reportFailures();
    }

    void checkpoint() throws Exception {
        flush();
        groups.checkpoint();
    }

    /** Closes the rounds of a model that are due, if its reducer is here. */
    private void close(ReplicaGroup group) throws Exception {
        GroupReducer reducing = group.reducing();
        if (reducing == null) {
            return;
        }
        Learner newest = learners.current(group.model());
        if (newest != null) {
            reducing.use(newest);
        }
        decide(group, reducing);
        while (group.failure() == null && reducing.canClose()) {
            close(group, reducing);
            decide(group, reducing);
        }
        reducing.takeTimer().ifPresent(time -> clock.registerTimer(time, now -> closeLater(group)));
    }

    private void closeLater(ReplicaGroup group) throws Exception {
        GroupReducer reducing = group.reducing();
        if (reducing != null && groups.group(group.model()) == group) {
            reducing.fired();
            attempt(group, () -> close(group));
        }
    }

    private void decide(ReplicaGroup group, GroupReducer reducing) throws InterruptedException {
        GroupReducer.Decided decided = reducing.decide();
        if (decided != null) {
            if (!decided.missing().isEmpty()) {
                trainer.missing(reducing.learner(), decided.round(), decided.missing());
            }
            groups.send(group.model(), decided.messages());
        }
    }

    /** Merges a round into the stored state of the model, and publishes that when due. */
    private void close(ReplicaGroup group, GroupReducer reducing) throws Exception {
        Learner learner = reducing.learner();
        trainer.using(learner);
        String modelKey = ModelKey.ofWhole(group.model());
        currentKey.accept(modelKey);
        boolean isStored = reducing.isDecisionStored();
        ClosedRound closed = reducing.close(
                current.read(modelKey) == null
                        ? current.start(learner)
                        : current.state().learner());
        if (closed.losses() != null) {
            trainer.windowEnded(learner, reducing.merged(), closed.losses());
        }
        groups.send(group.model(), reducing.point(closed));
        current.replace(learner, reducing.merged());
        current.save();
        if (!isStored) {
            // A run that replaces this one may decide otherwise.
            groups.flush();
        }
        if (group.failure() == null) {
            trainer.publish(learner);
            timers.learned(learner, current.state());
        }
    }

    /**
     * Ends the replicas that have no more samples.
     *
     * @param isWaiting whether a model key has samples that wait
     * @return whether all have ended, and what they learned is merged
     */
    boolean finish(Predicate<String> isWaiting) throws Exception {
        boolean all = true;
        for (ReplicaGroup group : groups.all()) {
            for (int replica : group.replicas().keySet()) {
                boolean canFinish = !isWaiting.test(ModelKey.ofReplica(group.model(), replica))
                        && (group.failure() != null || group.canFinish(replica));
                if (canFinish) {
                    attempt(group, () -> finish(group, replica));
                }
                all &= canFinish;
            }
            all &= group.failure() != null || group.isMerged();
        }
        return all;
    }

    private void finish(ReplicaGroup group, int replica) throws InterruptedException {
        List<RoundsMessage> messages = group.finish(replica);
        if (!messages.isEmpty()) {
            trainer.reject(group.lastLearner());
            groups.send(group.model(), messages);
        }
    }
}
