package io.freshet.job.learn;

import io.freshet.job.decode.KeyedSample;
import io.freshet.job.publish.OutRecord;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.Rejections;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.Evaluation.Progress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Learns one sample into the state of its model and key, and sends what is due: snapshot, evaluation, dead letters. */
final class ModelTrainer {
    private final Publication publication;
    private final LearnMetrics metrics;
    private final Backlog backlog;
    private final Outlet out;

    ModelTrainer(Publication publication, LearnMetrics metrics, Backlog backlog, Outlet out) {
        this.publication = publication;
        this.metrics = metrics;
        this.backlog = backlog;
        this.out = out;
    }

    /** Learns a sample from the state that is there, if it is of the same meaning, or from nothing; returns the state. */
    ModelState learn(Learner learner, KeyedSample keyed, @Nullable ModelState before) {
        ModelSpec spec = learner.spec();
        ModelState state = before;
        if (state == null || !state.stateHash().equals(learner.stateHash())) {
            state = ModelState.start(learner, before);
        }
        publication.started();
        LearnerState learnerState = state.learner();
        Sample sample = keyed.sample();
        long updates = learnerState.updates();
        long start = metrics.start();
        learner.learn(learnerState, sample);
        metrics.learned(start, sample.eventTime(), learnerState.updates() - updates);
        backlog.learned(sample.partition(), sample.offset());
        reject(learner);
        if (learnerState.window().samples() >= spec.window()) {
            endWindow(learner, keyed.address(), learnerState, false);
        }
        if (state.unpublished() >= spec.publish().everySamples()) {
            publish(learner, keyed.address(), state);
        }
        return state;
    }

    private void reject(Learner learner) {
        Rejections rejections = learner.rejections();
        for (int i = 0; i < rejections.count(); i++) {
            metrics.rejected(rejections, i);
            out.send(OutRecord.DEAD_LETTERS, publication.deadLetter(learner.spec(), rejections, i));
        }
    }

    private void endWindow(Learner learner, String address, LearnerState state, boolean last) {
        learner.nextWindow(state, () -> {
            ModelSpec spec = learner.spec();
            metrics.windowEnded(spec, state);
            Progress progress = backlog.progress(state.lineage().watermark());
            out.send(OutRecord.EVALUATIONS, publication.evaluation(spec, address, state, last, progress));
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
        if (state.unpublished() > 0) {
            publish(learner, address, state);
        }
    }

    void publish(Learner learner, String address, ModelState state) {
        int parameters = learner.spec().parameterCount();
        List<OutRecord> records = publication.snapshot(learner, address, state.learner());
        records.forEach(out::send);
        metrics.published(learner.spec(), records);
        if (state.publishedParameters() > parameters) {
            publication
                    .deleteBlocks(address, learner.spec().name(), state.publishedParameters(), parameters)
                    .forEach(out::send);
        }
        state.published(parameters);
    }

    /** Sends the tombstones of a model that is deleted. */
    void delete(String address, String model, ModelState state) {
        publication.delete(address, model, state.publishedParameters()).forEach(out::send);
    }
}
