package io.freshet.server.http;

import io.freshet.server.predict.VersionLookup;
import io.freshet.server.request.Excerpt;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ModelStore;
import io.vertx.core.json.JsonArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The actions of the model repository extension. They wait for the store's lock, which a swap may hold, so they must
 * not run on an event loop.
 */
public final class ModelRepository {
    private static final Logger log = LoggerFactory.getLogger(ModelRepository.class);

    private final ModelStore store;
    private final VersionLookup lookup;

    public ModelRepository(ModelStore store, VersionLookup lookup) {
        this.store = store;
        this.lookup = lookup;
    }

    /** @param readyOnly whether to omit what cannot be requested */
    public JsonArray index(boolean readyOnly) {
        return RepositoryIndex.of(store, readyOnly);
    }

    /**
     * Pins a version, or follows the newest one.
     *
     * @param version the version to pin, or null to follow
     * @param key null for a model without a key, or to follow with all keys
     * @throws RequestException if the model, version, or key is unknown
     */
    public void load(String name, @Nullable String version, @Nullable String key) throws RequestException {
        if (version != null) {
            pin(name, key, version);
        } else if (!store.follow(name, key)) {
            throw notFound(name);
        } else {
            log.info("model {}: follows the newest version", name);
        }
    }

    /** @throws RequestException if the model is unknown */
    public void unload(String name) throws RequestException {
        if (!store.unload(name)) {
            throw notFound(name);
        }
        log.info("model {}: unloaded", name);
    }

    private void pin(String name, @Nullable String key, String version) throws RequestException {
        if (!store.pin(name, key == null ? "" : key, version)) {
            VersionLookup.require(lookup.model(name), key == null ? "" : key, version);
        }
        log.info("model {}{}: version {} is pinned", name, key == null ? "" : ", key " + key, version);
    }

    private RequestException notFound(String name) {
        return RequestException.notFound("model", Excerpt.name(name), "one of " + Excerpt.names(lookup.names()));
    }
}
