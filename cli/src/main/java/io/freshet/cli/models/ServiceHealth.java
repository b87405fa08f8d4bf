package io.freshet.cli.models;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.console.Age;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Asks the model server and Flink over HTTP how they are. An answer is one line; a service that does not answer has one, too. */
final class ServiceHealth {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** The beginning of the line of a service that does not answer. */
    static final String NO_ANSWER = "no answer: ";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();

    /** Returns {@code ready}, {@code not ready} with the reason, or why there is no answer. */
    String server(URI address) {
        try {
            JsonNode health = get(address, "v2/health/ready");
            if (health.path("ready").asBoolean()) {
                return "ready";
            }
            String reason = health.path("reason").asText();
            return reason.isEmpty() ? "not ready" : "not ready: " + reason;
        } catch (IOException e) {
            return unreachable(e);
        }
    }

    /** Returns the name and state of each job, such as {@code freshet running for 12 min}, or why there is no answer. */
    String flink(URI address) {
        try {
            List<String> jobs = new ArrayList<>();
            for (JsonNode job : get(address, "jobs/overview").path("jobs")) {
                Duration duration = Duration.ofMillis(job.path("duration").asLong());
                jobs.add(job.path("name").asText() + " "
                        + job.path("state").asText().toLowerCase(Locale.ROOT) + " for " + Age.text(duration));
            }
            return jobs.isEmpty() ? "no jobs" : String.join(", ", jobs);
        } catch (IOException e) {
            return unreachable(e);
        }
    }

    private static String unreachable(IOException e) {
        return NO_ANSWER + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    }

    private JsonNode get(URI address, String path) throws IOException {
        URI uri = URI.create(address.toString().replaceFirst("/*$", "/") + path);
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
        try {
            return JSON.readTree(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
