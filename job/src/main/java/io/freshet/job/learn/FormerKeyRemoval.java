package io.freshet.job.learn;

import io.freshet.job.specs.ActiveLearners;
import io.freshet.job.specs.SpecRegistry;
import io.freshet.job.state.ModelState;
import io.freshet.learning.learner.Learner;
import java.util.Map;

/**
 * Deletes the models of keys that no sample can have any more, since their model has another key field, once the specification with
 * that field is in use. A state that is only reset keeps its key, and starts over at the next sample of it.
 */
final class FormerKeyRemoval {
    private final SpecRegistry registry;
    private final ActiveLearners learners;
    private final SampleLearner samples;
    private boolean finished;

    FormerKeyRemoval(SpecRegistry registry, ActiveLearners learners, SampleLearner samples) {
        this.registry = registry;
        this.learners = learners;
        this.samples = samples;
    }

    /** Deletes states, with tombstones, after a checkpoint has made specifications active; looks again after the next one. */
    void completed() throws Exception {
        if (finished) {
            return;
        }
        for (Map.Entry<String, String> rekeyed : registry.rekeyed().entrySet()) {
            String model = rekeyed.getKey();
            Learner newest = learners.newest(model);
            if (newest != null
                    && learners.isNewestActive(model)
                    && samples.delete(model, state -> isFormer(newest, rekeyed.getValue(), state)) == 0) {
                registry.forgetRekeyed(model);
            }
        }
    }

    /** @param rekeyed hash of the specification that has the present key field first */
    private boolean isFormer(Learner newest, String rekeyed, ModelState state) {
        if (state.isDamaged()) {
            return !state.specHash().equals(newest.hash()) && !state.specHash().equals(rekeyed);
        }
        return !state.stateHash().equals(newest.stateHash())
                && newest.earlier(state.stateHash()) == null
                && learners.stranded(newest, state) == null;
    }

    /** Deletes states at the end of the input. Nothing may be sent after it. */
    void finish() throws Exception {
        completed();
        finished = true;
    }
}
