package io.freshet.job.learn;

import io.freshet.job.observe.Backlog;
import io.freshet.job.observe.LearnMetrics;
import io.freshet.job.publish.LearnOutput;
import io.freshet.job.publish.PublishSchedule;
import io.freshet.job.publish.PublishedSpecs;
import io.freshet.job.publish.RecordFactory;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.state.ModelState;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.Rejections;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.evaluation.Evaluation.Progress;
import org.jspecify.annotations.Nullable;

/** Learns one sample into the state of its model and key, and sends what is due: snapshot, evaluation, dead letters. */
final class ModelTrainer {
    private final RecordFactory publication;
    private final PublishSchedule snapshots;
    private final LearnMetrics metrics;
    private final Backlog backlog;
    private final LearnOutput out;
    private final PublishedSpecs told;

    ModelTrainer(RecordFactory publication, LearnMetrics metrics, Backlog backlog, LearnOutput out) {
        this.publication = publication;
        this.metrics = metrics;
        this.backlog = backlog;
        this.out = out;
        told = new PublishedSpecs(publication, out);
        snapshots = new PublishSchedule(publication, metrics, out);
    }

    /** Learns a sample from the state that is there, if it is of the same meaning, or from nothing; returns the state. */
    ModelState learn(Learner learner, KeyedSample keyed, @Nullable ModelState before) {
        ModelSpec spec = learner.spec();
        ModelState state = before;
        if (state == null || !state.stateHash().equals(learner.stateHash())) {
            state = ModelState.start(learner, before);
        }
        LearnerState learnerState = state.learner();
        use(learner, keyed, learnerState);
        Sample sample = keyed.sample();
        long updates = learnerState.updates();
        long start = metrics.start();
        learner.learn(learnerState, sample);
        metrics.learned(start, sample.eventTime(), learnerState.updates() - updates);
        backlog.learned(sample.partition(), sample.offset());
        reject(learner);
        if (learnerState.window().samples() >= spec.window()) {
            endWindow(learner, keyed.modelKey(), learnerState, false);
        }
        snapshots.learned(learner, keyed.modelKey(), state);
        return state;
    }

    /** Counts a sample that is a duplicate, and leaves it out. */
    void leaveOut(Learner learner, KeyedSample keyed, ModelState state) {
        use(learner, keyed, state.learner());
        learner.leaveOut(state.learner(), keyed.sample());
    }

    private void use(Learner learner, KeyedSample keyed, LearnerState state) {
        publication.started();
        told.use(learner);
        if (learner.isToRebase(state)) {
            learner.rebase(state, ModelKey.key(keyed.modelKey()));
        }
    }

    private void reject(Learner learner) {
        Rejections rejections = learner.rejections();
        for (int i = 0; i < rejections.count(); i++) {
            metrics.rejected(rejections, i);
            out.send(OutputRecord.DEAD_LETTERS, publication.deadLetter(learner.spec(), rejections, i));
        }
    }

    private void endWindow(Learner learner, String address, LearnerState state, boolean last) {
        learner.nextWindow(state, () -> {
            ModelSpec spec = learner.spec();
            metrics.windowEnded(spec, state);
            Progress progress = backlog.progress(state.lineage().watermark());
            out.send(OutputRecord.EVALUATIONS, publication.evaluation(spec, address, state, last, progress));
        });
    }

    /** Ends a bounded input: learns the batch that is not full, and says all that was not said yet. */
    void finish(Learner learner, String address, ModelState state) {
        LearnerState learnerState = state.learner();
        long updates = learnerState.updates();
        learner.finish(learnerState, () -> endWindow(learner, address, learnerState, false));
        metrics.updated(learnerState.updates() - updates);
        reject(learner);
        endWindow(learner, address, learnerState, true);
        snapshots.finish(learner, address, state);
    }

    /** Decides when snapshots are published. */
    PublishSchedule snapshots() {
        return snapshots;
    }

    /** Sends the tombstones of a model that is deleted, and of its evaluations. */
    void delete(String address, ModelState state) {
        snapshots.delete(address, state);
        out.send(OutputRecord.EVALUATIONS, publication.deleteEvaluations(address));
    }
}
