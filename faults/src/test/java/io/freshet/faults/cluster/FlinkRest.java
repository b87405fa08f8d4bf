package io.freshet.faults.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Flink's REST API, for a cluster with one job. Each job manager answers for the leader. */
public final class FlinkRest {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final ObjectMapper json = new ObjectMapper();
    private final List<URI> addresses;

    /**
     * A job.
     *
     * @param completed checkpoints since the job manager started
     * @param restored number of times a checkpoint was restored since then
     */
    public record Job(String id, String state, int completed, int restored) {}

    /** @param addresses of all job managers, of which the first that answers is used */
    FlinkRest(List<URI> addresses) {
        this.addresses = addresses;
    }

    /** Returns the job that was started last, or empty if the API does not respond. */
    public Optional<Job> job() {
        try {
            JsonNode newest = null;
            for (JsonNode job : get("/jobs/overview").path("jobs")) {
                if (newest == null
                        || job.path("start-time").asLong()
                                > newest.path("start-time").asLong()) {
                    newest = job;
                }
            }
            if (newest == null) {
                return Optional.empty();
            }
            String id = newest.path("jid").asText();
            JsonNode counts = get("/jobs/" + id + "/checkpoints").path("counts");
            return Optional.of(new Job(
                    id,
                    newest.path("state").asText(),
                    counts.path("completed").asInt(),
                    counts.path("restored").asInt()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Stops a job with a savepoint; returns the request id to poll. */
    public String stop(String job, Path target) throws IOException {
        ObjectNode body = json.createObjectNode()
                .put("targetDirectory", target.toUri().toString())
                .put("drain", false)
                .put("formatType", "CANONICAL");
        return post("/jobs/" + job + "/stop", body).path("request-id").asText();
    }

    /** Starts a checkpoint. */
    public void checkpoint(String job) throws IOException {
        post("/jobs/" + job + "/checkpoints", json.createObjectNode().put("checkpointType", "CONFIGURED"));
    }

    /** Returns the location of a savepoint, or empty until it is complete. */
    public Optional<String> savepoint(String job, String request) throws IOException {
        JsonNode operation = get("/jobs/" + job + "/savepoints/" + request).path("operation");
        if (operation.has("failure-cause")) {
            throw new IOException(operation.path("failure-cause").toString());
        }
        return operation.has("location")
                ? Optional.of(operation.path("location").asText())
                : Optional.empty();
    }

    private JsonNode get(String path) throws IOException {
        return ask(path, HttpRequest.Builder::GET);
    }

    private JsonNode post(String path, ObjectNode body) throws IOException {
        return ask(
                path,
                request -> request.header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body.toString())));
    }

    private JsonNode ask(String path, UnaryOperator<HttpRequest.Builder> method) throws IOException {
        IOException refused = new ConnectException("no address");
        for (URI address : addresses) {
            try {
                HttpRequest.Builder request =
                        HttpRequest.newBuilder(address.resolve(path)).timeout(TIMEOUT);
                return json.readTree(client.send(method.apply(request).build(), BodyHandlers.ofString())
                        .body());
            } catch (ConnectException e) {
                refused = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
        throw refused;
    }
}
