package io.freshet.server.store;

import io.freshet.learning.spec.ModelSpec;
import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Applied models with {@code join}, as version 0, whose parameters are all 0. Such a model learns from requests that it has
 * answered, so it has to answer before it has learned anything. At most {@value #MAXIMUM}. Thread-safe.
 */
public final class UntrainedModels {
    static final int MAXIMUM = 10_000;

    private final Map<String, Untrained> models = new ConcurrentHashMap<>();

    private static final class Untrained {
        private final ModelSpec spec;
        private final Set<String> joinFields;
        /** Created when it is asked for, and no longer needed once a version is published. */
        private SoftReference<ServedModel> model = new SoftReference<>(null);

        Untrained(ModelSpec spec) {
            this.spec = spec;
            joinFields = RequestFields.ofJoin(spec);
        }

        synchronized ServedModel model() {
            ServedModel known = model.get();
            if (known != null) {
                return known;
            }
            ServedModel created = ServedModel.untrained(ServedSpec.of(spec, spec.hash()));
            model = new SoftReference<>(created);
            return created;
        }
    }

    /** Replaces the specification of a model, or removes the model if it has no {@code join}. */
    public void apply(ModelSpec spec) {
        if (spec.join() == null) {
            models.remove(spec.name());
        } else if (models.size() < MAXIMUM || models.containsKey(spec.name())) {
            models.put(spec.name(), new Untrained(spec));
        }
    }

    public void delete(String name) {
        models.remove(name);
    }

    public void clear() {
        models.clear();
    }

    public boolean isEmpty() {
        return models.isEmpty();
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
