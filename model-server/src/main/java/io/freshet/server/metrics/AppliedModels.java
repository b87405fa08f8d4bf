package io.freshet.server.metrics;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.facts.Freshness;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The models on the models topic, at most {@value #MAXIMUM}: also those that have never been evaluated or published, because
 * the trainer rejects all of their records. Thread-safe; one thread writes.
 */
public final class AppliedModels {
    static final int MAXIMUM = 10_000;

    private final Map<String, Applied> models = new ConcurrentHashMap<>();

    /**
     * The newest record of a model.
     *
     * @param spec what it says; null if malformed
     * @param malformed why the record cannot be read; null if it can
     */
    public record Applied(
            Freshness.@Nullable Spec spec, @Nullable String malformed) {}

    public void apply(ModelSpec spec) {
        put(spec.name(), new Applied(Freshness.Spec.of(spec), null));
    }

    /** Records that the newest specification of a model cannot be read. The trainer keeps the one before it. */
    public void malformed(String model, String reason) {
        put(model, new Applied(null, reason));
    }

    private void put(String model, Applied applied) {
        if (models.size() < MAXIMUM || models.containsKey(model)) {
            models.put(model, applied);
        }
    }

    public void delete(String model) {
        models.remove(model);
    }

    /** Returns the newest record of a model, or null if none is known. */
    public @Nullable Applied get(String model) {
        return models.get(model);
    }

    /** Returns the names of the models, in order. */
    public Set<String> names() {
        return new TreeSet<>(models.keySet());
    }
}
