package io.freshet.server.predict;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.store.ServedModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers questions about models, as JSON. */
public final class ModelQueries {
    private final VersionLookup lookup;
    private final ServerMetrics metrics;
    private final ModelConditions conditions;
    private final InstantSource clock;

    public ModelQueries(VersionLookup lookup, ServerMetrics metrics, ModelConditions conditions, InstantSource clock) {
        this.lookup = lookup;
        this.metrics = metrics;
        this.conditions = conditions;
        this.clock = clock;
    }

    /** Returns the names of the served models. */
    public List<String> names() {
        return lookup.names();
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
        ServedModel model = lookup.modelOfKey(name, key);
        return VersionList.of(model, key == null ? "" : key, conditions, clock.millis());
    }

    /**
     * Returns the statistics of a model, or of all.
     *
     * @param name null for all models
     * @param version a version that must be served, or null; the statistics are of all versions together
     * @throws RequestException if the model or version is not served
     */
    public JsonObject statistics(@Nullable String name, @Nullable String version) throws RequestException {
        if (name != null) {
            requireReady(name, version, null);
        }
        JsonArray statistics = new JsonArray();
        for (String each : name == null ? lookup.names() : List.of(name)) {
            ServedModel model = lookup.find(each);
            // It may have been removed meanwhile.
            if (model != null) {
                statistics.add(ModelStatistics.of(model, metrics.inferCounts(each)));
            }
        }
        return new JsonObject().put("model_stats", statistics);
    }

    private static void requireNoVersion(ServedModel model, @Nullable String version) throws RequestException {
        if (version != null) {
            throw RequestException.notFound(
                    "model " + model.name() + ", version",
                    RequestExcerpt.name(version),
                    "also a key, as ?key=..., because each "
                            + model.spec().spec().key() + " has its own versions");
        }
    }
}
