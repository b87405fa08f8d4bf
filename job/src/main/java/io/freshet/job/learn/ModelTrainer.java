package io.freshet.job.learn;

import io.freshet.job.decode.KeyedSample;
import io.freshet.job.publish.OutRecord;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.Rejections;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.PublishedSnapshot;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;

/** Learns one sample into the state of its model and key, and sends what is due: snapshot, evaluation, dead letters. */
final class ModelTrainer {
    private final Publication publication;
    private final Counter learned;
    private final Counter rejected;
    private final Outlet out;
    private final ToldSpecs told;

    ModelTrainer(Publication publication, MetricGroup metrics, Outlet out) {
        this.publication = publication;
        this.out = out;
        told = new ToldSpecs(publication, out);
        learned = metrics.counter("learned");
        rejected = metrics.counter("rejected");
    }

    /** Learns a sample from the state that is there, if it is of the same meaning, or from nothing; returns the state. */
    ModelState learn(Learner learner, KeyedSample keyed, @Nullable ModelState before) {
        ModelSpec spec = learner.spec();
        ModelState state = before;
        if (state == null || !state.stateHash().equals(learner.stateHash())) {
            state = ModelState.start(learner, before);
        }
        publication.started();
        told.use(learner);
        LearnerState learnerState = state.learner();
        if (learner.isToRebase(learnerState)) {
            learner.rebase(learnerState, Publication.key(keyed.address()));
        }
        learner.learn(learnerState, keyed.sample());
        learned.inc();
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
            rejected.inc();
            out.send(OutRecord.DEAD_LETTERS, publication.deadLetter(learner.spec(), rejections, i));
        }
    }

    private void endWindow(Learner learner, String address, LearnerState state, boolean last) {
        learner.nextWindow(
                state,
                () -> out.send(OutRecord.EVALUATIONS, publication.evaluation(learner.spec(), address, state, last)));
    }

    /** Ends a bounded input: learns the batch that is not full, and says all that was not said yet. */
    void finish(Learner learner, String address, ModelState state) {
        LearnerState learnerState = state.learner();
        learner.finish(learnerState, () -> endWindow(learner, address, learnerState, false));
        reject(learner);
        endWindow(learner, address, learnerState, true);
        if (state.unpublished() > 0) {
            publish(learner, address, state);
        }
    }

    /** Publishes a model, unless its loss explodes and its policy holds it back. */
    void publish(Learner learner, String address, ModelState state) {
        if (learner.isHeld(state.learner())) {
            return;
        }
        int parameters = learner.spec().parameterCount();
        PublishedSnapshot published = publication.publish(learner, address, state.learner(), state.published());
        publication.snapshot(address, published).forEach(out::send);
        out.send(OutRecord.HISTORY, publication.history(address, published));
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
