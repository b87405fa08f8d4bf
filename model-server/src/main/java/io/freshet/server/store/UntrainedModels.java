package io.freshet.server.store;

import io.freshet.learning.spec.ModelSpec;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Applied models with {@code join}, as version 0, whose parameters are all 0. Such a model learns from requests that it has
 * answered, so it has to answer before it has learned anything. At most {@value #MAXIMUM}. Thread-safe.
 */
public final class UntrainedModels {
    static final int MAXIMUM = 10_000;

    private final Map<String, Untrained> models = new ConcurrentHashMap<>();
    private final Predicate<String> published;

    /** @param published whether a version of a model is known */
    UntrainedModels(Predicate<String> published) {
        this.published = published;
    }

    private static final class Untrained {
        private final ModelSpec spec;
        private final Set<String> joinFields;
        /** Null while there is a published version. */
        private @Nullable ServedModel model;

        Untrained(ModelSpec spec) {
            this.spec = spec;
            joinFields = RequestFields.ofJoin(spec);
        }

        synchronized ServedModel model() {
            if (model == null) {
                model = ServedModel.untrained(ServedSpec.of(spec, spec.hash()));
            }
            return model;
        }

        synchronized void release() {
            model = null;
        }
    }

    /** Replaces the specification of a model, or removes the model if it has no {@code join}. */
    public void apply(ModelSpec spec) {
        String name = spec.name();
        if (spec.join() == null) {
            models.remove(name);
        } else if (models.size() < MAXIMUM || models.containsKey(name)) {
            models.put(name, new Untrained(spec));
            prepare(name);
        }
    }

    /** Creates or releases what a model answers with, so that no request waits for it: a network takes as much memory as a version. */
    void prepare(String name) {
        Untrained untrained = models.get(name);
        if (untrained == null) {
            return;
        }
        if (!published.test(name)) {
            untrained.model();
        }
        if (published.test(name)) {
            untrained.release();
        }
    }

    public void delete(String name) {
        models.remove(name);
    }

    public boolean isEmpty() {
        return models.isEmpty();
    }

    /** Returns the names of the models, whether or not a version of them is published. */
    public Set<String> names() {
        return Set.copyOf(models.keySet());
    }

    /** Returns the applied specification of a model, or null if none of this name with {@code join} is applied. */
    public @Nullable ModelSpec spec(String name) {
        Untrained untrained = models.get(name);
        return untrained == null ? null : untrained.spec;
    }

    /**
     * Returns the fields of requests that only the join reads, by the applied specification. It needs them from the moment
     * that a model is applied, whatever is served: without samples, nothing newer would ever be.
     */
    public Set<String> joinFields(String name) {
        Untrained untrained = models.get(name);
        return untrained == null ? Set.of() : untrained.joinFields;
    }

    /** Returns a model, or null if none of this name with {@code join} is applied. */
    public @Nullable ServedModel model(String name) {
        Untrained untrained = models.get(name);
        return untrained == null ? null : untrained.model();
    }
}
