package io.freshet.server.predict;

import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;

/** The versions of a model that requests can name, as JSON. */
public final class VersionList {
    private VersionList() {}

    /**
     * Returns the versions of a key, newest first, with their ages.
     *
     * @param key "" for a model without a key
     * @param now milliseconds since 1970, UTC
     */
    public static JsonObject of(ServedModel model, String key, ModelConditions conditions, long now) {
        JsonArray versions = new JsonArray();
        for (ParameterSet set : model.versions(key)) {
            JsonObject version = new JsonObject()
                    .put("version", Long.toString(set.version()))
                    .put("state", state(model, set))
                    .put(
                            "published_at",
                            Instant.ofEpochMilli(set.published().publishedAt()).toString())
                    .put("checksum", FloatBytes.checksumText(set.published().checksum()));
            if (set.watermark() != Long.MIN_VALUE) {
                version.put("watermark", Instant.ofEpochMilli(set.watermark()).toString())
                        .put("age_seconds", conditions.ageSeconds(set.watermark(), now));
            }
            versions.add(version);
        }
        return new JsonObject().put("name", model.name()).put("versions", versions);
    }

    /** Returns whether a version is live, pinned, or only kept for requests that name it. */
    public static String state(ServedModel model, ParameterSet set) {
        String key = set.snapshot().key();
        if (model.set(key) != set) {
            return "kept";
        }
        return model.isPinned(key) ? "pinned" : "live";
    }
}
