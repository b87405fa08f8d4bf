package io.freshet.cli.predict;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.console.CommandException;
import io.freshet.learning.yaml.Plural;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client of the Open Inference Protocol over HTTP. */
final class ModelClient {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private final String server;
    private final @Nullable String token;

    /**
     * An input of a model.
     *
     * @param name in the protocol
     * @param kind of value that each row has
     * @param optional whether a row may lack the value
     */
    record Input(String name, Kind kind, boolean optional) {}

    /** The value that a row has for an input. */
    enum Kind {
        NUMBER("a number", "FP64"),
        TEXT("a text", "BYTES"),
        /** All rows of a request have the same length. */
        VECTOR("numbers, as 1,2,3", "FP32");

        private final String expected;
        private final String datatype;

        Kind(String expected, String datatype) {
            this.expected = expected;
            this.datatype = datatype;
        }

        /** Returns the value that an error message expects. */
        String expected() {
            return expected;
        }
    }

    /** An error response; the message is the server's. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;

        Refusal(String message) {
            super(message);
        }
    }

    /**
     * @param server {@code http://host:port}
     * @param token bearer token of each request, never shown; or null
     */
    ModelClient(String server, @Nullable String token) {
        this.server = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
        this.token = token;
    }

    /** Returns the inputs of a model. */
    List<Input> inputs(String model) throws CommandException, Refusal {
        JsonNode metadata = send(request(model, "").GET().build());
        List<Input> inputs = new ArrayList<>();
        List<String> optional = List.of(
                metadata.path("properties").path("optional_inputs").asText().split(","));
        for (JsonNode input : metadata.path("inputs")) {
            String name = input.path("name").asText();
            inputs.add(new Input(name, kind(input), optional.contains(name)));
        }
        if (inputs.isEmpty()) {
            throw new CommandException(server + ": model " + model + ": no inputs (expected: a Freshet server)");
        }
        return inputs;
    }

    /** A vector has a second dimension, after the rows. */
    private static Kind kind(JsonNode input) {
        if (input.path("datatype").asText().equals(Kind.TEXT.datatype)) {
            return Kind.TEXT;
        }
        return input.path("shape").size() > 1 ? Kind.VECTOR : Kind.NUMBER;
    }

    /**
     * Requests predictions.
     *
     * @param rows one {@code Double}, {@code String}, or {@code float[]} for each of {@code inputs}, or null for an optional
     *     one; the arrays of an input have one length
     * @return the outputs of each row, by name
     */
    List<Map<String, List<Object>>> predict(String model, List<Input> inputs, List<@Nullable Object[]> rows)
            throws CommandException, Refusal {
        ObjectNode body = JSON.createObjectNode();
        ArrayNode tensors = body.putArray("inputs");
        for (int i = 0; i < inputs.size(); i++) {
            ObjectNode tensor = tensors.addObject();
            tensor.put("name", inputs.get(i).name());
            ArrayNode shape = tensor.putArray("shape").add(rows.size());
            tensor.put("datatype", inputs.get(i).kind().datatype);
            ArrayNode data = tensor.putArray("data");
            if (rows.get(0)[i] instanceof float[] first) {
                shape.add(first.length);
            }
            for (@Nullable Object[] row : rows) {
                if (row[i] instanceof float[] vector) {
                    for (float number : vector) {
                        data.add(number);
                    }
                } else {
                    data.addPOJO(row[i]);
                }
            }
        }
        HttpRequest request = request(model, "/infer")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        return outputs(send(request), rows.size());
    }

    private List<Map<String, List<Object>>> outputs(JsonNode answer, int rows) throws CommandException {
        List<Map<String, List<Object>>> result = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            result.add(new LinkedHashMap<>());
        }
        for (JsonNode output : answer.path("outputs")) {
            JsonNode data = output.path("data");
            if (data.size() % rows != 0 || data.isEmpty()) {
                throw new CommandException(
                        server + ": " + output.path("name").asText() + ": " + Plural.of(data.size(), "value")
                                + " (expected: the same number for each of " + Plural.of(rows, "row") + ")");
            }
            int width = data.size() / rows;
            for (int row = 0; row < rows; row++) {
                List<Object> values = new ArrayList<>();
                for (int i = row * width; i < (row + 1) * width; i++) {
                    values.add(value(data.get(i)));
                }
                result.get(row).put(output.path("name").asText(), values);
            }
        }
        return result;
    }

    private static Object value(JsonNode value) {
        return value.isNumber() ? value.numberValue() : value.isBoolean() ? value.booleanValue() : value.asText();
    }

    private HttpRequest.Builder request(String model, String path) throws CommandException {
        // Valid model names need no escaping, but a mistyped one may.
        String escaped = URLEncoder.encode(model, UTF_8).replace("+", "%20");
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + "/v2/models/" + escaped + path))
                    .timeout(RESPONSE_TIMEOUT);
            return token == null ? request : request.header("Authorization", "Bearer " + token);
        } catch (IllegalArgumentException e) {
            throw new CommandException("--server: " + server + " (expected: http://HOST:PORT)", e);
        }
    }

    private JsonNode send(HttpRequest request) throws CommandException, Refusal {
        HttpResponse<String> response;
        try {
            response = http.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
        } catch (IOException e) {
            String reason = e.getMessage() == null ? "connection refused" : e.getMessage();
            throw new CommandException(server + ": no answer: " + reason, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted", e);
        }
        JsonNode body = parse(response.body());
        if (response.statusCode() != 200) {
            String message = body == null ? "" : body.path("error").asText();
            throw new Refusal(message.isEmpty() ? "HTTP status " + response.statusCode() : message);
        }
        if (body == null) {
            throw new CommandException(server + ": not JSON (expected: a server of the Open Inference Protocol)");
        }
        return body;
    }

    private static @Nullable JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
