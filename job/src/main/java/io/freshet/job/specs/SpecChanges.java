package io.freshet.job.specs;

import io.freshet.job.record.SpecChange;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Creates the learners of specifications, with their replicas. */
public final class SpecChanges {
    private final SpecRegistry registry;
    private final ActiveLearners learners;
    private final Replicas replicas;

    /** Starts the replicas of models. */
    public interface Replicas {
        /** Starts the replicas of a model, if it has any. Returns why it cannot be learned, or null. */
        @Nullable String start(Learner learner) throws Exception;
    }

    public SpecChanges(SpecRegistry registry, ActiveLearners learners, Replicas replicas) {
        this.registry = registry;
        this.learners = learners;
        this.replicas = replicas;
    }

    /**
     * Applies and activates the specifications that the job starts with. Those that this version refuses fail.
     *
     * @param buffered specifications of buffered samples, which are applied first
     * @param refused those of buffered samples that this version refuses
     * @param newest of each model
     */
    public void start(List<ModelSpec> buffered, Set<RefusedSpec> refused, List<ModelSpec> newest) throws Exception {
        refused.forEach(learners::refuse);
        for (ModelSpec spec : buffered) {
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
    public boolean apply(SpecChange change) throws Exception {
        if (!registry.apply(change)) {
            return false;
        }
        if (change instanceof SpecChange.Applied applied) {
            apply(applied.spec());
            startReplicas(applied.name());
            return false;
        }
        learners.delete(change.name());
        return true;
    }
}
