package io.freshet.job.learn;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.replica.GroupReducer;
import io.freshet.job.replica.ReplicaGroup;
import io.freshet.job.replica.ReplicaGroups;
import io.freshet.job.replica.RoundsLog;
import io.freshet.job.specs.ActiveLearners;
import io.freshet.job.specs.ModelFailure;
import io.freshet.learning.learner.Learner;
import java.util.Objects;
import java.util.function.Predicate;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;
import org.apache.flink.util.function.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/**
 * Learns the samples of replicas that are in turn, and closes rounds when that is due. A model that fails here fails in all
 * subtasks.
 */
final class ReplicaLearning {
    private final ReplicaGroups groups;
    private final ActiveLearners learners;
    private final Quarantine quarantine;
    private final ReplicaTrainer trainer;
    private final ProcessingTimeService clock;

    ReplicaLearning(
            ReplicaGroups groups,
            ActiveLearners learners,
            Quarantine quarantine,
            ReplicaTrainer trainer,
            ProcessingTimeService clock) {
        this.groups = groups;
        this.learners = learners;
        this.quarantine = quarantine;
        this.trainer = trainer;
        this.clock = clock;
    }

    /** Returns whether a replica need not wait for a merged point. That of a failed model need not: its samples are rejected. */
    boolean isReady(Learner learner, String modelKey) {
        return quarantine.hasFailed(learner) || group(learner).isReady(ModelKey.replica(modelKey));
    }

    private ReplicaGroup group(Learner learner) {
        return Objects.requireNonNull(
                groups.group(learner.spec().name()), learner.spec().name());
    }

    void learn(Learner learner, KeyedSample keyed) throws Exception {
        if (!quarantine.hasFailed(learner)) {
            int replica = ModelKey.replica(keyed.modelKey());
            attempt(learner, () -> trainer.learn(group(learner), replica, keyed.sample()));
        }
        if (quarantine.hasFailed(learner)) {
            quarantine.reject(learner, keyed.sample());
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
        if (current != null && !quarantine.hasFailed(current)) {
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
                received.apply();
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
        trainer.close(group, reducing);
        reducing.takeTimer().ifPresent(time -> clock.registerTimer(time, now -> closeLater(group)));
    }

    private void closeLater(ReplicaGroup group) throws Exception {
        GroupReducer reducing = group.reducing();
        if (reducing != null && groups.group(group.model()) == group) {
            reducing.fired();
            attempt(group, () -> close(group));
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
                boolean canFinish = !isWaiting.test(group.modelKey(replica))
                        && (group.failure() != null || group.canFinish(replica));
                if (canFinish) {
                    attempt(group, () -> trainer.finish(group, replica));
                }
                all &= canFinish;
            }
            all &= group.failure() != null || group.isMerged();
        }
        return all;
    }
}
