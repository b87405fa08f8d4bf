package io.freshet.job.learn;

import io.freshet.job.order.ActiveLearners;
import io.freshet.job.quarantine.ModelFailure;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.replica.MergedModels;
import io.freshet.job.replica.ReplicaGroup;
import io.freshet.job.replica.ReplicaGroups;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.schemas.rounds.RoundsRecord;
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
final class ReplicaLearning implements MergedModels, ReplicaGroups.MessageAction {
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
            attempt(learner, () -> group(learner).learn(replica, keyed.sample(), trainer));
        }
        ModelFailure failure = learners.failure(learner);
        if (failure != null) {
            quarantine.reject(learner.spec(), failure, keyed.sample());
        }
    }

    /** Fails the newest specifications of models that have failed, and models whose newest specification has failed. */
    void specificationsChanged() {
        for (ReplicaGroup group : groups.all()) {
            ModelFailure failure = learners.failure(group.model());
            if (group.failure() != null) {
                failed(group, group.failure());
            } else if (failure != null) {
                groups.fail(group.model(), failure.reason());
            }
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
    }

    private void attempt(Learner learner, ThrowingRunnable<Exception> action) throws Exception {
        if (!quarantine.attempt(learner, action)) {
            String reason =
                    Objects.requireNonNull(learners.failure(learner), "failure").reason();
            groups.fail(learner.spec().name(), reason);
        }
    }

    @Override
    public void receive(ReplicaGroup group, RoundsRecord record, byte[] message) throws Exception {
        attempt(group, () -> group.receive(record, message, this));
    }

    @Override
    public void merge(ReplicaGroup group) throws Exception {
        attempt(group, () -> group.merge(this));
    }

    @Override
    public void missing(Learner learner, long round, List<Integer> replicas) {
        trainer.missing(learner, round, replicas);
    }

    @Override
    public void mergeAt(String model, long time) {
        clock.registerTimer(time, now -> {
            ReplicaGroup group = groups.group(model);
            if (group != null) {
                merge(group);
            }
        });
    }

    @Override
    public @Nullable Learner newest(String model) {
        return learners.current(model);
    }

    @Override
    public void failed(ReplicaGroup group, String reason) {
        Learner current = current(group);
        if (current != null && learners.failure(current) == null) {
            quarantine.fail(current, ModelFailure.because(reason));
        }
    }

    @Override
    public void merge(Learner learner, Merger merger) throws Exception {
        trainer.using(learner);
        String modelKey = ModelKey.ofWhole(learner.spec().name());
        currentKey.accept(modelKey);
        LearnerState before = current.read(modelKey) == null
                ? current.start(learner)
                : current.state().learner();
        LearnerState merged = merger.merge(before, (ended, losses) -> trainer.windowEnded(learner, ended, losses));
        current.replace(learner, merged);
        current.save();
        trainer.publish(learner);
        timers.learned(learner, current.state());
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
                boolean[] ended = {true};
                if (isWaiting.test(ModelKey.ofReplica(group.model(), replica))) {
                    ended[0] = false;
                } else {
                    attempt(group, () -> ended[0] = group.finish(replica, trainer::reject));
                }
                all &= ended[0];
            }
            all &= group.failure() != null || group.isMerged();
        }
        return all;
    }
}
