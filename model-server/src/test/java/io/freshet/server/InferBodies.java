package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.http.Limits;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;

/** Bodies of requests to predict a model with the fields a and city, and of their errors. */
final class InferBodies {
    /** Limits of the server. */
    static final int ROWS = 100;

    static final int BYTES = 8_000;
    static final String GOOD_A = tensor("a", "[1]", "FP64", "[1]");
    static final String GOOD_CITY = tensor("city", "[1]", "BYTES", "[\"Rome\"]");

    private InferBodies() {}

    /** Returns a server of the model. */
    static RunningServer server() {
        RunningServer server = new RunningServer(
                ServerOptions.of("unused:1").withAddress("127.0.0.1", 0).withLimits(Limits.of(ROWS, BYTES)));
        server.publish(Published.records(
                ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy,"
                        + " features: {numeric: [a], categorical: [city], hashBits: 4}}"),
                "",
                7,
                0.5f,
                1));
        return server;
    }

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
        assertThat(body.fieldNames()).containsAnyOf("error").isSubsetOf("error", "example");
        return body.getString("error");
    }
}
