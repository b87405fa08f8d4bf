package io.freshet.server.inspect;

import io.freshet.schemas.topic.Topics;
import io.freshet.server.body.RequestException;
import io.freshet.server.predict.versions.VersionLookup;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ServedModel;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Answers what people ask about a model. May wait for a broker. */
public final class Inspections {
    private final ModelStore store;
    private final VersionLookup lookup;
    private final RecentDeadLetters deadLetters;
    private final Topics topics;

    /** @param topics of models that are not served, and so do not name theirs */
    public Inspections(ModelStore store, VersionLookup lookup, RecentDeadLetters deadLetters, Topics topics) {
        this.store = store;
        this.lookup = lookup;
        this.deadLetters = deadLetters;
        this.topics = topics;
    }

    /**
     * Returns the features whose parameters changed most between the two newest versions.
     *
     * @param key null for a model without a key
     * @throws RequestException if the model or key is not served, or the key is missing
     */
    public JsonObject movers(String name, @Nullable String key) throws RequestException {
        return Movers.of(lookup.modelOfKey(name, key), key == null ? "" : key);
    }

    /**
     * Returns why records were rejected for a model, which need not be served: the reason may be that all are rejected.
     *
     * @throws RequestException 503 if no broker answers
     */
    public JsonObject deadLetters(String name) throws RequestException {
        ServedModel model = store.model(name);
        String samples = model == null || model.topic().isEmpty() ? topics.samples() : model.topic();
        return deadLetters.of(name, new Topics(topics.prefix(), samples).deadLetters());
    }
}
