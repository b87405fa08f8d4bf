package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;

/** Bodies of requests to predict, and of their errors. */
final class InferBodies {
    private InferBodies() {}

    static String inputs(String... tensors) {
        return "{\"inputs\": [" + String.join(", ", tensors) + "]}";
    }

    static String tensor(String name, String shape, String datatype, String data) {
        return "{\"name\": \"%s\", \"shape\": %s, \"datatype\": \"%s\", \"data\": %s}"
                .formatted(name, shape, datatype, data);
    }

    /** Returns the message of an error. */
    static String error(HttpResponse<String> response) {
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        JsonObject body = new JsonObject(response.body());
        assertThat(body.fieldNames()).containsExactly("error");
        return body.getString("error");
    }
}
