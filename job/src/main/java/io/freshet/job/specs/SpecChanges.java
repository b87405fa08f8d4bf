package io.freshet.job.specs;

import io.freshet.job.record.SpecChange;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import java.util.List;
import java.util.Set;
import org.apache.flink.util.function.FunctionWithException;
import org.jspecify.annotations.Nullable;

/** Creates the learners of specifications, with their replicas. */
public final class SpecChanges {
    private final SpecRegistry registry;
    private final ActiveLearners learners;
    private final FunctionWithException<Learner, @Nullable String, Exception> replicas;

    /** @param replicas starts the replicas of a model, if it has any; returns why it cannot be learned, or null */
    public SpecChanges(
            SpecRegistry registry,
            ActiveLearners learners,
            FunctionWithException<Learner, @Nullable String, Exception> replicas) {
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
        learners.apply(spec, registry.warmStart(spec), registry.earlier(spec.name()), registry.stranded(spec.name()));
    }

    private void startReplicas(String model) throws Exception {
        Learner learner = learners.newest(model);
        String misfit = learner == null ? null : replicas.apply(learner);
        if (learner != null && misfit != null) {
            learners.fail(learner, ModelFailure.because(misfit));
        }
    }

    public void apply(SpecChange change) throws Exception {
        if (!registry.apply(change)) {
            return;
        }
        if (change instanceof SpecChange.Applied applied) {
            apply(applied.spec());
            startReplicas(applied.name());
        } else {
            learners.delete(change.name());
        }
    }
}
