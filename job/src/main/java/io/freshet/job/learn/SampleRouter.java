package io.freshet.job.learn;

import io.freshet.job.order.BufferedSamples;
import io.freshet.job.order.StrictOrder;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.replica.RoundsLog;
import io.freshet.job.specs.ActiveLearners;
import io.freshet.job.specs.FailedModel;
import io.freshet.learning.learner.Learner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Passes each sample to its learner when it may be learned: once its specification is active, its partition has its turn, and its
 * replica has the merged point that it waits for. Rejects those of failed models.
 */
final class SampleRouter implements MailboxListener.Task {
    private final ActiveLearners learners;
    private final BufferedSamples buffered;
    private final StrictOrder strict;
    private final InTurn inTurn;
    private final Quarantine quarantine;
    private final Consumer<String> currentKey;

    /** @param currentKey sets the key of the keyed state */
    SampleRouter(
            ActiveLearners learners,
            BufferedSamples buffered,
            StrictOrder strict,
            InTurn inTurn,
            Quarantine quarantine,
            Consumer<String> currentKey) {
        this.learners = learners;
        this.buffered = buffered;
        this.strict = strict;
        this.inTurn = inTurn;
        this.quarantine = quarantine;
        this.currentKey = currentKey;
    }

    void receive(KeyedSample keyed) throws Exception {
        currentKey.accept(keyed.modelKey());
        Learner learner = learners.active(keyed.spec());
        if (learner != null) {
            order(learner, keyed);
        } else if (!reject(keyed) && !learners.isDeleted(keyed.spec())) {
            buffered.add(keyed, learners.spec(keyed.spec()));
        }
    }

    /** Rejects a sample of a failed model; returns whether it was one. */
    private boolean reject(KeyedSample keyed) {
        FailedModel failed = learners.failed(keyed.spec());
        if (failed == null) {
            return false;
        }
        quarantine.reject(failed, keyed.sample());
        return true;
    }

    /** Learns a sample, or buffers it until its partition's turn. */
    private void order(Learner learner, KeyedSample keyed) throws Exception {
        if (learner.spec().order().strict()) {
            strict.receive(learner, keyed, inTurn);
        } else {
            inTurn.learn(learner, keyed);
        }
    }

    /** Learns restored samples, which precede all others. */
    void learnRestored() throws Exception {
        if (buffered.isRestored() || strict.isRestored()) {
            learnBuffered();
        }
    }

    /** Learns, in order, the buffered samples that no longer have to wait. */
    void learnBuffered() throws Exception {
        strict.learnDue(inTurn);
        for (String modelKey : buffered.modelKeys()) {
            currentKey.accept(modelKey);
            List<KeyedSample> remaining = new ArrayList<>();
            for (KeyedSample keyed : buffered.samples()) {
                Learner learner = remaining.isEmpty() ? learners.active(keyed.spec()) : null;
                if (learner != null) {
                    order(learner, keyed);
                } else if ((!remaining.isEmpty() || !reject(keyed)) && !learners.isDeleted(keyed.spec())) {
                    remaining.add(keyed);
                }
            }
            buffered.replace(modelKey, remaining);
        }
    }

    /** Learns the buffered samples at the end of the input. Rejects those whose specification can no longer arrive. */
    void finishBuffered() throws Exception {
        learnBuffered();
        for (String modelKey : buffered.modelKeys()) {
            currentKey.accept(modelKey);
            for (KeyedSample keyed : buffered.samples()) {
                Learner learner = learners.active(keyed.spec());
                if (learner != null) {
                    order(learner, keyed);
                } else if (!reject(keyed) && !learners.isDeleted(keyed.spec())) {
                    quarantine.rejectUnknown(keyed);
                }
            }
            buffered.replace(modelKey, List.of());
        }
    }

    /** Receives records of the rounds topic, and learns the samples that waited for them. */
    @Override
    public void receive(List<RoundsLog.Entry> records) throws Exception {
        learnRestored();
        for (RoundsLog.Entry record : records) {
            inTurn.replicas().receive(record);
        }
        strict.learnDue(inTurn);
    }

    @Override
    public void roundsCaughtUp(String key) throws Exception {
        learnRestored();
        inTurn.replicas().caughtUp(key);
    }

    @Override
    public void roundsRefused() throws Exception {
        inTurn.replicas().failRefused();
        strict.learnDue(inTurn);
    }

    @Override
    public void roundsUnusable(Exception failure) throws Exception {
        inTurn.replicas().unusable(failure);
        strict.learnDue(inTurn);
    }

    /** Learns what can be learned without further records of the rounds topic; returns whether that was all. */
    boolean finishTurns() throws Exception {
        boolean learned = strict.finish(inTurn);
        return inTurn.replicas().finish(strict::isWaiting) && learned;
    }
}
