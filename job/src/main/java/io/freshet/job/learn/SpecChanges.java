package io.freshet.job.learn;

import io.freshet.job.decode.SpecRegistry;
import io.freshet.job.order.ActiveLearners;
import io.freshet.job.order.BufferedSamples;
import io.freshet.job.quarantine.ModelFailure;
import io.freshet.job.record.SpecChange;
import io.freshet.job.replica.ReplicaGroups;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;

/** Creates the learners of specifications, with their replicas. */
final class SpecChanges {
    private final SpecRegistry registry;
    private final ActiveLearners learners;
    private final ReplicaGroups replicas;

    SpecChanges(SpecRegistry registry, ActiveLearners learners, ReplicaGroups replicas) {
        this.registry = registry;
        this.learners = learners;
        this.replicas = replicas;
    }

    /**
     * Applies and activates the specifications that the job starts with, those of buffered samples first. Those that this
     * version refuses fail.
     */
    void start(BufferedSamples buffered, List<ModelSpec> newest) throws Exception {
        buffered.refused().forEach(learners::refuse);
        for (ModelSpec spec : buffered.specs()) {
            apply(spec);
        }
        for (ModelSpec spec : newest) {
            apply(spec);
        }
        registry.refused().forEach(learners::refuse);
        learners.activateAll();
        for (ModelSpec spec : newest) {
            startReplicas(spec.name());
        }
    }

    private void apply(ModelSpec spec) throws Exception {
        learners.apply(spec, registry.warmStart(spec), registry.earlier(spec.name()));
    }

    private void startReplicas(String model) throws Exception {
        Learner learner = learners.newest(model);
        String misfit = learner == null ? null : replicas.start(learner);
        if (learner != null && misfit != null) {
            learners.fail(learner, ModelFailure.because(misfit));
        }
    }

    /** Applies a change; returns whether it is a deletion. */
    boolean apply(SpecChange change) throws Exception {
        if (!registry.apply(change)) {
            return false;
        }
        if (change.isDeletion()) {
            learners.delete(change.name());
            return true;
        }
        apply(change.spec());
        startReplicas(change.name());
        return false;
    }
}
