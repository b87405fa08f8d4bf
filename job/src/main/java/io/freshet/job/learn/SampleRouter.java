package io.freshet.job.learn;

import io.freshet.job.record.KeyedSample;
import io.freshet.job.replica.RoundsLog;
import io.freshet.job.specs.ActiveLearners;
import io.freshet.learning.learner.Learner;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.streaming.runtime.tasks.ProcessingTimeService;

/**
 * Passes each sample to its learner when it may be learned: once its specification is active, its partition has its turn, and its
 * replica has the merged point that it waits for. Rejects those of failed models.
 */
final class SampleRouter {
    private final ActiveLearners learners;
    private final BufferedSamples buffered;
    private final StrictOrder strict;
    private final InTurn inTurn;
    private final Quarantine quarantine;

    SampleRouter(
            ActiveLearners learners,
            BufferedSamples buffered,
            StrictOrder strict,
            InTurn inTurn,
            Quarantine quarantine) {
        this.learners = learners;
        this.buffered = buffered;
        this.strict = strict;
        this.inTurn = inTurn;
        this.quarantine = quarantine;
    }

    /** Reports the demand to the source, and learns the restored samples soon: records cannot be sent before all tasks are open. */
    void open(ProcessingTimeService time) {
        strict.reportDemand();
        if (!buffered.isEmpty() || strict.isRestored()) {
            time.registerTimer(0, now -> learnBuffered());
        }
    }

    /** Receives a sample of the current key. */
    void receive(KeyedSample keyed) throws Exception {
        if (!route(keyed)) {
            buffered.add(keyed, learners.spec(keyed.spec()));
        }
    }

    /**
     * Learns a sample, buffers it until its partition's turn, or rejects it; returns false if it has to wait for its specification. The
     * partitions of replicas always take turns.
     */
    private boolean route(KeyedSample keyed) throws Exception {
        Learner learner = learners.active(keyed.spec());
        if (learner == null) {
            return quarantine.rejects(keyed) || learners.isDeleted(keyed.spec());
        }
        if (learner.spec().order().strict()) {
            strict.receive(learner, keyed, inTurn);
        } else {
            inTurn.samples().learn(learner, keyed);
        }
        return true;
    }

    /** Learns restored samples, which precede all others. */
    void learnRestored() throws Exception {
        if (buffered.isRestored() || strict.isRestored()) {
            learnBuffered();
        }
    }

    /** Learns, in order, the buffered samples that no longer have to wait. */
    private void learnBuffered() throws Exception {
        strict.learnDue(inTurn);
        for (String modelKey : buffered.modelKeys()) {
            List<KeyedSample> remaining = new ArrayList<>();
            for (KeyedSample keyed : buffered.samples(modelKey)) {
                boolean isDone = remaining.isEmpty() ? route(keyed) : learners.isDeleted(keyed.spec());
                if (!isDone) {
                    remaining.add(keyed);
                }
            }
            buffered.replace(modelKey, remaining);
        }
    }

    /** Writes replicas and turns to keyed state at the barrier of a checkpoint. */
    void checkpoint(long checkpointId) throws Exception {
        inTurn.replicas().checkpoint();
        strict.checkpoint(checkpointId);
        learners.checkpointed(checkpointId);
    }

    /** Takes the samples from now on as those behind the barrier of an aborted checkpoint. */
    void aborted() {
        learners.barrierPassed();
    }

    /** Activates the specifications in a completed checkpoint, and learns the samples that waited for it. */
    void completed(long checkpointId) throws Exception {
        boolean changed = learners.completed(checkpointId);
        if (changed) {
            inTurn.replicas().reportFailures();
        }
        if (strict.completed(checkpointId) || changed) {
            learnBuffered();
        }
        if (changed) {
            quarantine.announceAll();
            learners.removeSuperseded();
        }
    }

    /** Ends a bounded input: learns all buffered samples, since nothing can wait for another checkpoint. */
    void finish(MailboxExecutor mailbox) throws Exception {
        learners.activateAll();
        inTurn.replicas().reportFailures();
        finishBuffered();
        while (!finishTurns()) {
            mailbox.yield();
        }
        inTurn.replicas().flush();
    }

    /** Rejects buffered samples whose specification can no longer arrive. */
    private void finishBuffered() throws Exception {
        learnBuffered();
        for (String modelKey : buffered.modelKeys()) {
            for (KeyedSample keyed : buffered.samples(modelKey)) {
                if (!route(keyed)) {
                    quarantine.rejectUnknown(keyed);
                }
            }
            buffered.replace(modelKey, List.of());
        }
    }

    /** Learns what can be learned without further records of the rounds topic; returns whether that was all. */
    private boolean finishTurns() throws Exception {
        boolean learned = strict.finish(inTurn);
        return inTurn.replicas().finish(strict::isWaiting) && learned;
    }

    /** Drops the samples of a model. */
    void delete(String model) throws Exception {
        buffered.delete(model);
        strict.delete(model);
    }

    /** Receives records of the rounds topic, and learns the samples that waited for them. */
    void roundsReceived(List<RoundsLog.Entry> records) throws Exception {
        learnRestored();
        for (RoundsLog.Entry record : records) {
            inTurn.replicas().receive(record);
        }
        strict.learnDue(inTurn);
    }

    void roundsCaughtUp(String key) throws Exception {
        learnRestored();
        inTurn.replicas().caughtUp(key);
    }

    void roundsRefused() throws Exception {
        inTurn.replicas().failRefused();
        strict.learnDue(inTurn);
    }

    void roundsUnusable(Exception failure) throws Exception {
        inTurn.replicas().unusable(failure);
        strict.learnDue(inTurn);
    }
}
