package io.freshet.server.predict;

import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.request.Excerpt;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ServedModel;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** Answers questions about models, as JSON. */
public final class ModelQueries {
    private final VersionLookup lookup;
    private final ModelConditions conditions;
    private final InstantSource clock;

    public ModelQueries(VersionLookup lookup, ModelConditions conditions, InstantSource clock) {
        this.lookup = lookup;
        this.conditions = conditions;
        this.clock = clock;
    }

    /**
     * Returns the metadata of a model, or of one key of a keyed model.
     *
     * @param version requested version, or null for the live one
     * @param key null for a model without a key, or for all keys
     * @throws RequestException if the model, version, or key is not served
     */
    public JsonObject metadata(String name, @Nullable String version, @Nullable String key) throws RequestException {
        ServedModel model = lookup.model(name);
        if (model.spec().isKeyed() && key == null) {
            requireNoVersion(model, version);
            return ModelMetadata.ofAllKeys(model, conditions, clock.millis());
        }
        return ModelMetadata.of(
                model, VersionLookup.require(model, key == null ? "" : key, version), conditions, clock.millis());
    }

    /**
     * Returns if a model is ready for requests.
     *
     * @param version requested version, or null for the live one
     * @param key null for a model without a key, or for any key
     * @throws RequestException if the model, version, or key is not served
     */
    public void requireReady(String name, @Nullable String version, @Nullable String key) throws RequestException {
        ServedModel model = lookup.model(name);
        if (model.spec().isKeyed() && key == null) {
            requireNoVersion(model, version);
        } else {
            VersionLookup.require(model, key == null ? "" : key, version);
        }
    }

    /**
     * Returns the versions of a model, or of one key of a keyed model.
     *
     * @param key null for a model without a key
     * @throws RequestException if the model or key is not served, or the key is missing
     */
    public JsonObject versions(String name, @Nullable String key) throws RequestException {
        ServedModel model = lookup.model(name);
        if (model.spec().isKeyed() && key == null) {
            throw RequestException.bad(
                    "key",
                    "missing",
                    "?key=..., because each " + model.spec().spec().key() + " has its own versions");
        }
        VersionLookup.require(model, key == null ? "" : key, null);
        return VersionList.of(model, key == null ? "" : key, conditions, clock.millis());
    }

    private static void requireNoVersion(ServedModel model, @Nullable String version) throws RequestException {
        if (version != null) {
            throw RequestException.notFound(
                    "model " + model.name() + ", version",
                    Excerpt.name(version),
                    "also a key, as ?key=..., because each "
                            + model.spec().spec().key() + " has its own versions");
        }
    }
}
