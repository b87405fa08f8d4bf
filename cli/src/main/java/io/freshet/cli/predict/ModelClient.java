package io.freshet.cli.predict;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.cli.console.CommandException;
import io.freshet.cli.console.StatusLine;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client of the Open Inference Protocol over HTTP. It repeats a request that the server cannot answer yet, for as long as
 * {@link Backoff} allows; also one whose connection is refused or lost, if the server has answered before. Every other error that
 * is not about the request's contents ends the command.
 */
public final class ModelClient {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int UNKNOWN = 404;
    /** An invalid request, unknown keys of a known model, and a request that is too large. */
    private static final Set<Integer> ROWS_REJECTED = Set.of(400, UNKNOWN, 413);
    /** Too many requests, and not ready or overloaded. */
    private static final Set<Integer> NOT_YET = Set.of(429, 503);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private final String server;
    private final @Nullable String token;
    private final StatusLine progress;
    private final LongSupplier nanoTime;
    private boolean answered;

    /**
     * An answer of the server.
     *
     * @param body null if it is not JSON
     */
    private record Answer(int status, @Nullable JsonNode body) {
        String message() {
            String message = body == null ? "" : body.path("error").asText();
            return message.isEmpty() ? "no reason given" : message;
        }

        @Override
        public String toString() {
            return "HTTP " + status + ": " + message();
        }
    }

    /** A request without an answer that may have one later; the message says why. */
    private static final class NotYet extends Exception {
        private static final long serialVersionUID = 1;
        private final @Nullable Duration retryAfter;

        NotYet(String message, @Nullable Duration retryAfter, @Nullable IOException cause) {
            super(message, cause);
            this.retryAfter = retryAfter;
        }
    }

    /** An error that may be due to the rows of a request; the message is the server's. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;

        Refusal(String message) {
            super(message);
        }
    }

    /**
     * @param server {@code http://host:port}
     * @param token bearer token of each request, never shown; or null
     * @param progress for the reason why a request is repeated
     * @param nanoTime the clock, in nanoseconds
     */
    public ModelClient(String server, @Nullable String token, StatusLine progress, LongSupplier nanoTime) {
        this.server = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
        this.token = token;
        this.progress = progress;
        this.nanoTime = nanoTime;
    }

    /**
     * Returns what the server knows about a model.
     *
     * @throws CommandException also if the server does not know the model
     */
    RemoteModel model(String name) throws CommandException {
        Answer answer = send(request(name, "").GET().build());
        if (answer.status() != OK) {
            throw failure(answer);
        }
        return RemoteModel.of(json(answer), server + ": model " + name);
    }

    /**
     * Returns the index of the server's models, and asks only once.
     *
     * @throws CommandException if there is none now
     */
    public JsonNode index() throws CommandException {
        try {
            Answer answer = sendOnce(request("/v2/repository/index")
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                    .build());
            if (answer.status() != OK) {
                throw failure(answer);
            }
            return json(answer);
        } catch (NotYet e) {
            throw new CommandException(server + ": " + e.getMessage(), e);
        }
    }

    /**
     * Requests predictions. The server does not log them: no outcome follows, so nothing must be learned from them.
     *
     * @param rows one {@code Double}, {@code String}, or {@code float[]} for each input, null for an optional one, or a
     *     {@code String} that stands for a missing number; the arrays of an input have one length
     * @param explain whether to request contributions
     * @throws Refusal if the server rejects the rows
     * @throws CommandException if it does not answer, or if the error would be the same for all rows
     */
    List<ServedRow> predict(String name, RemoteModel model, List<@Nullable Object[]> rows, boolean explain)
            throws CommandException, Refusal {
        List<RemoteModel.Input> inputs = model.inputs();
        ObjectNode body = JSON.createObjectNode();
        ObjectNode parameters = body.putObject("parameters").put("log", false);
        if (explain) {
            parameters.put("explain", true);
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
        Answer answer = send(request);
        if (answer.status() == UNKNOWN) {
            // The model, or the keys of the rows. Of an unknown model, this fails.
            model(name);
        }
        if (ROWS_REJECTED.contains(answer.status())) {
            throw new Refusal(answer.message());
        }
        if (answer.status() != OK) {
            throw failure(answer);
        }
        try {
            return ServedRow.of(json(answer), model, rows.size());
        } catch (CommandException e) {
            throw new CommandException(server + ": " + e.getMessage(), e);
        }
    }

    private HttpRequest.Builder request(String model, String path) throws CommandException {
        // Valid model names need no escaping, but a mistyped one may.
        return request("/v2/models/" + URLEncoder.encode(model, UTF_8).replace("+", "%20") + path);
    }

    private HttpRequest.Builder request(String path) throws CommandException {
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(server + path)).timeout(RESPONSE_TIMEOUT);
            return token == null ? request : request.header("Authorization", "Bearer " + token);
        } catch (IllegalArgumentException e) {
            throw new CommandException("--server: " + server + " (expected: http://HOST:PORT)", e);
        }
    }

    /** Returns the first answer other than that the server is too busy, or not ready. */
    private Answer send(HttpRequest request) throws CommandException {
        Backoff backoff = new Backoff(nanoTime);
        while (true) {
            try {
                Answer answer = sendOnce(request);
                progress.clear();
                return answer;
            } catch (NotYet e) {
                Duration wait = backoff.next(e.retryAfter);
                if (wait == null) {
                    progress.clear();
                    throw new CommandException(server + ": " + e.getMessage(), e);
                }
                progress.show(String.format(
                        Locale.ROOT, "%s: %s; retrying in %.1f s", server, e.getMessage(), wait.toMillis() / 1e3));
                sleep(wait);
            }
        }
    }

    private Answer sendOnce(HttpRequest request) throws CommandException, NotYet {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
            answered = true;
            Answer answer = new Answer(response.statusCode(), parse(response.body()));
            if (NOT_YET.contains(answer.status())) {
                throw new NotYet(answer.toString(), retryAfter(response), null);
            }
            return answer;
        } catch (IOException e) {
            String reason = "no answer: " + (e.getMessage() == null ? "connection refused" : e.getMessage());
            // A server that restarts closes its connections, and accepts none for a while.
            if (answered && !(e instanceof HttpTimeoutException)) {
                throw new NotYet(reason, null, e);
            }
            progress.clear();
            throw new CommandException(server + ": " + reason, e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static void sleep(Duration wait) throws CommandException {
        try {
            Thread.sleep(wait.toMillis());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static CommandException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new CommandException("interrupted", e);
    }

    /** Returns how long the server asks to wait; null if it does not, or names a date. */
    private static @Nullable Duration retryAfter(HttpResponse<?> response) {
        String seconds = response.headers().firstValue("Retry-After").orElse("");
        return seconds.matches("\\d{1,9}") ? Duration.ofSeconds(Long.parseLong(seconds)) : null;
    }

    private CommandException failure(Answer answer) {
        String hint = answer.status() == UNAUTHORIZED && token == null ? " (expected: --token-file)" : "";
        return new CommandException(server + ": " + answer + hint);
    }

    private JsonNode json(Answer answer) throws CommandException {
        if (answer.body() == null) {
            throw new CommandException(server + ": not JSON (expected: a server of the Open Inference Protocol)");
        }
        return answer.body();
    }

    private static @Nullable JsonNode parse(String body) {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return null;
        }
    }
}
