package io.freshet.cli.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Sends requests of REST to the server under test. */
final class RestServer {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final URI url;
    private final @Nullable String token;

    RestServer(URI url, @Nullable String token) {
        this.url = url;
        this.token = token;
    }

    record Response(int status, String body) {
        JsonNode json() throws Check.Failed {
            try {
                return JSON.readTree(body);
            } catch (JsonProcessingException e) {
                throw new Check.Failed("body: " + body + " (expected: JSON)");
            }
        }

        /** Returns the body, which must be of status 200. */
        JsonNode ok() throws Check.Failed {
            Check.expect(status == 200, "status " + status + " " + body, "200");
            return json();
        }

        /** Requires an error of the protocol. */
        void error() throws Check.Failed {
            Check.expect(status >= 400 && status < 500, "status " + status, "400 to 499");
            Check.expect(json().path("error").isTextual(), "body: " + body, "{\"error\": \"...\"}");
        }
    }

    Response get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    Response post(String path, String body) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path)).timeout(TIMEOUT);
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private Response send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
        return new Response(response.statusCode(), response.body());
    }
}
