package io.freshet.server.store;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.PublishSpec.Lane;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * All served models, by name.
 *
 * <pre>
 *   same spec and incarnation  the higher version (samples learned) is served
 *   either differs             the one published later is served
 *   incompatible spec          (other key field, task, or outputs) the one published later replaces all keys
 *   deleted in a lane          snapshots from that lane are no longer served
 * </pre>
 *
 * Reads take no lock and never see a partial swap. Thread-safe.
 */
public final class ModelStore {
    private final ConcurrentSkipListMap<String, ServedModel> models = new ConcurrentSkipListMap<>();

    /**
     * Applies a change from a parameters topic.
     *
     * @param lane lane of the topic
     * @throws IllegalStateException if the model cannot predict on this machine, for example because a native library
     *     is missing; the store is then unchanged
     */
    public synchronized SwapOutcome apply(SnapshotReader.Change change, Lane lane) {
        PublishedSnapshot published = change.snapshot();
        return published == null ? remove(change.key().model(), change.key().key(), lane) : put(published, lane);
    }

    /** Returns a model, or null if it is not served. */
    public @Nullable ServedModel model(String name) {
        return models.get(name);
    }

    /** Returns the names of the models, in order. */
    public List<String> names() {
        return new ArrayList<>(models.keySet());
    }

    /** Returns the models, in the order of their names. */
    public List<ServedModel> models() {
        return new ArrayList<>(models.values());
    }

    public boolean isEmpty() {
        return models.isEmpty();
    }

    private SwapOutcome put(PublishedSnapshot published, Lane lane) {
        ModelSpec spec = published.snapshot().spec();
        ServedModel model = models.get(spec.name());
        ServedSpec known = model == null ? null : model.spec(published.specHash());
        ServedSpec served = known == null ? ServedSpec.of(spec, published.specHash()) : known;
        boolean compatible = model != null && model.spec().isCompatibleWith(served);
        if (model != null && !compatible && published.publishedAt() <= model.publishedAt()) {
            return SwapOutcome.STALE;
        }
        ParameterSet set = ParameterSet.of(served, published, lane);
        if (known == null) {
            WarmUp.run(set);
        }
        if (model != null && compatible) {
            return model.put(set) ? SwapOutcome.SWAPPED : SwapOutcome.STALE;
        }
        models.put(spec.name(), new ServedModel(set));
        return SwapOutcome.SWAPPED;
    }

    private SwapOutcome remove(String name, String key, Lane lane) {
        ServedModel model = models.get(name);
        if (model == null || !model.remove(key, lane)) {
            return SwapOutcome.STALE;
        }
        if (model.empty()) {
            models.remove(name);
        }
        return SwapOutcome.REMOVED;
    }
}
