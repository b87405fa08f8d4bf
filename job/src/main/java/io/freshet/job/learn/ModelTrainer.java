package io.freshet.job.learn;

import io.freshet.job.observe.Backlog;
import io.freshet.job.observe.LearnMetrics;
import io.freshet.job.publish.LearnOutput;
import io.freshet.job.publish.PublishedSpecs;
import io.freshet.job.publish.RecordFactory;
import io.freshet.job.publish.SnapshotPublisher;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.record.OutputRecord;
import io.freshet.job.state.ModelState;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.Rejections;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.evaluation.Evaluation.Progress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Learns one sample into the state of its model and key, and sends what is due: snapshot, evaluation, dead letters. */
final class ModelTrainer {
    private final RecordFactory publication;
    private final SnapshotPublisher snapshots;
    /** Nothing of it is ever in a checkpoint: it is published before the barrier. */
    private final Set<String> due = new LinkedHashSet<>();

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
        snapshots = new SnapshotPublisher(publication, metrics, out);
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
        if (state.unpublished() >= spec.publish().everySamples()) {
            publishDue(learner, keyed.modelKey(), state);
        }
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
        publish(learner, address, state);
        snapshots.clearLeft(learner.spec().name(), address, state);
    }

    /** Publishes what was learned, if anything was since the last snapshot; not while its policy holds a model back. */
    void publish(Learner learner, String address, ModelState state) {
        if (state.unpublished() > 0 && !learner.isHeld(state.learner())) {
            snapshots.publish(learner, address, state);
        }
    }

    /** Publishes, or leaves it to the next barrier: what is seen only with its checkpoint need not go out before. */
    void publishDue(Learner learner, String address, ModelState state) {
        if (learner.spec().publish().lane() == Lane.COMMITTED) {
            due.add(address);
        } else {
            publish(learner, address, state);
        }
    }

    /** Returns the addresses of what is to be published before the next barrier, and forgets them. */
    List<String> takeDue() {
        List<String> taken = List.copyOf(due);
        due.clear();
        return taken;
    }

    /** Sends the tombstones of a model that is deleted, and of its evaluations. */
    void delete(String address, String model, ModelState state) {
        snapshots.delete(address, model, state);
        out.send(OutputRecord.EVALUATIONS, publication.deleteEvaluations(address, model));
    }
}
