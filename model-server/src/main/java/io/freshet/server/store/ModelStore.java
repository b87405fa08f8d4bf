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
 * All models that are served, by name.
 *
 * <pre>
 *   one specification, life   the higher version (samples learned) is served
 *   another of either         the one published later is served
 *   other answers             (key field, task or classes changed) the model published later is served, with its keys alone
 *   deleted in a lane         what came in that lane is no longer served
 * </pre>
 *
 * Reading takes no lock and never sees half a swap. Thread-safe.
 */
public final class ModelStore {
    private final ConcurrentSkipListMap<String, ServedModel> models = new ConcurrentSkipListMap<>();

    /**
     * Takes in what a record of a parameters topic brought.
     *
     * @param lane of the topic
     * @throws IllegalStateException if a model cannot predict here, for lack of a native library; nothing has changed then
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
        boolean joins = model != null && model.spec().isCompatibleWith(served);
        if (model != null && !joins && published.publishedAt() <= model.publishedAt()) {
            return SwapOutcome.STALE;
        }
        ParameterSet set = ParameterSet.of(served, published, lane);
        if (known == null) {
            WarmUp.run(set);
        }
        if (model != null && joins) {
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
