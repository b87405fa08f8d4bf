package io.freshet.cli.predict;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.console.CommandException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
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

    /** Returns what the server knows about a model. */
    ServedModel model(String name) throws CommandException, Refusal {
        return ServedModel.of(send(request(name, "").GET().build()), server + ": model " + name);
    }

    /**
     * Requests predictions.
     *
     * @param rows one {@code Double}, {@code String}, or {@code float[]} for each input, or null for an optional one; the arrays
     *     of an input have one length
     * @param explain whether to request contributions
     */
    List<ServedRow> predict(String name, ServedModel model, List<@Nullable Object[]> rows, boolean explain)
            throws CommandException, Refusal {
        List<ServedModel.Input> inputs = model.inputs();
        ObjectNode body = JSON.createObjectNode();
        if (explain) {
            body.putObject("parameters").put("explain", true);
        }
        ArrayNode tensors = body.putArray("inputs");
        for (int i = 0; i < inputs.size(); i++) {
            ObjectNode tensor = tensors.addObject();
            tensor.put("name", inputs.get(i).name());
            ArrayNode shape = tensor.putArray("shape").add(rows.size());
            tensor.put("datatype", inputs.get(i).kind().datatype());
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
        HttpRequest request = request(name, "/infer")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        JsonNode response = send(request);
        try {
            return ServedRow.of(response, model, rows.size());
        } catch (CommandException e) {
            throw new CommandException(server + ": " + e.getMessage(), e);
        }
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
