package io.freshet.server.inspect;

import io.freshet.learning.yaml.FieldChange;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import io.freshet.server.store.SpecChange;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The effective specification of a model, with all defaults, and what its last change was, as JSON. */
final class SpecificationView {
    private SpecificationView() {}

    static JsonObject of(ServedModel model) {
        ServedSpec served = model.spec();
        JsonObject json = new JsonObject()
                .put("name", model.name())
                .put("hash", served.hash())
                .put("yaml", served.spec().toYaml());
        SpecChange change = model.lastChange();
        return change == null ? json : json.put("changed", changed(change, served));
    }

    private static JsonObject changed(SpecChange change, ServedSpec now) {
        JsonArray differences = new JsonArray();
        for (FieldChange difference : change.before().spec().changes(now.spec())) {
            JsonObject json = new JsonObject().put("field", difference.field());
            putText(json, "before", difference.before());
            putText(json, "after", difference.after());
            differences.add(json);
        }
        return new JsonObject()
                .put("at", Instant.ofEpochMilli(change.at()).toString())
                .put("from", change.before().hash())
                .put("differences", differences);
    }

    private static void putText(JsonObject json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value.toString());
        }
    }
}
