package io.freshet.server.http;

import io.freshet.server.predict.VersionList;
import io.freshet.server.predict.VersionLookup;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.VersionLabel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The index of the model repository: each version with its state, when it was published, and the reason why it is not served. */
final class RepositoryIndex {
    private static final String READY = "READY";
    private static final String UNAVAILABLE = "UNAVAILABLE";
    private static final String PUBLISHED_AT = "published_at";

    private RepositoryIndex() {}

    /** @param readyOnly whether to omit what cannot be requested */
    static JsonArray of(ModelStore store, VersionLookup lookup, boolean readyOnly) {
        JsonArray index = new JsonArray();
        for (String name : lookup.names()) {
            ServedModel model = lookup.find(name);
            if (model == null) {
                continue;
            }
            if (model.spec().isKeyed()) {
                JsonObject entry = entry(model.name(), null, READY, keys(model));
                putTime(entry, PUBLISHED_AT, model.publishedAt());
                index.add(entry.put("samples_learned", Long.toString(model.samples())));
            } else {
                for (ParameterSet set : model.versions("")) {
                    String version = Long.toString(set.version());
                    JsonObject entry = entry(model.name(), version, READY, VersionList.description(model, set));
                    index.add(putTime(entry, PUBLISHED_AT, set.published().publishedAt()));
                }
            }
        }
        if (!readyOnly) {
            store.unloadedNames().forEach(name -> index.add(entry(name, null, UNAVAILABLE, "unloaded")));
            store.refusals()
                    .all()
                    .forEach((name, refusals) -> refusals.forEach(refusal -> {
                        JsonObject entry = entry(name, refusal.version(), UNAVAILABLE, refusal.reason());
                        index.add(putTime(entry, "refused_since", refusal.since()));
                    }));
        }
        return index;
    }

    private static String keys(ServedModel model) {
        int canaries = model.labeledKeys(VersionLabel.CANARY);
        int shadows = model.labeledKeys(VersionLabel.SHADOW);
        return model.keys() + " keys, " + model.labeledKeys(VersionLabel.STABLE) + " pinned"
                + (canaries > 0 ? ", " + canaries + " canary" : "")
                + (shadows > 0 ? ", " + shadows + " shadow" : "");
    }

    /** @param millis since 1970, UTC; 0 if unknown */
    private static JsonObject putTime(JsonObject entry, String field, long millis) {
        return millis <= 0
                ? entry
                : entry.put(field, Instant.ofEpochMilli(millis).toString());
    }

    private static JsonObject entry(String name, @Nullable String version, String state, String reason) {
        JsonObject entry = new JsonObject().put("name", name);
        if (version != null) {
            entry.put("version", version);
        }
        return entry.put("state", state).put("reason", reason);
    }
}
