package io.freshet.server.inspect;

import io.vertx.core.json.JsonObject;

/**
 * The parameters of a feature, or of a layer that has none, which changed between two versions.
 *
 * @param name of the feature or layer; of the parameter, if only one changed
 * @param parameters that changed, of those of the feature
 * @param change Euclidean norm of the changes
 * @param before value of the first of these parameters
 * @param after value of the same parameter
 */
record Mover(String name, int parameters, double change, float before, float after) {
    /** Has {@code before} and {@code after} if there is only one parameter. */
    JsonObject json() {
        JsonObject json = new JsonObject().put("name", name).put("parameters", parameters);
        if (parameters == 1) {
            json.put("before", before).put("after", after);
        }
        return json.put("change", change);
    }
}
