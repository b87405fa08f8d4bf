package io.freshet.job.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.freshet.schemas.avro.MalformedRecordException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests and registers schemas over HTTP, and retries while the registry is unreachable or failing. */
final class RegistryHttp {
    /** Longest pause as a multiple of the first. */
    static final int LONGEST_PAUSE = 16;

    private static final Logger LOG = LoggerFactory.getLogger(RegistryHttp.class);
    private static final Set<Integer> TEMPORARY = Set.of(401, 403, 404, 407, 408, 429);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** Of a response, in bytes. */
    static final int LONGEST_RESPONSE = 4 << 20;
    /** Of a message of the registry, and of an address with names that it sent, in characters. */
    private static final int SHOWN = 1_000;

    private final RegistryAddress address;
    private final Duration firstPause;
    private final int attempts;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();

    /** The registry understands the request and refuses it, so that it may never respond otherwise. */
    static final class RejectedException extends UncheckedIOException {
        private static final long serialVersionUID = 1;

        private RejectedException(IOException cause) {
            super(cause);
        }
    }

    RegistryHttp(RegistryAddress address, Duration firstPause, int attempts) {
        this.address = address;
        this.firstPause = firstPause;
        this.attempts = attempts;
    }

    /**
     * Returns the response with a schema.
     *
     * @param subject of error messages
     * @throws MalformedRecordException if the registry does not have the schema, or it is too long
     * @throws RejectedException if the registry refuses the request
     * @throws UncheckedIOException after the last attempt, or immediately if a retry cannot help
     */
    JsonNode get(String path, String subject) throws MalformedRecordException {
        return exchange(request(path), subject, "schema", "a schema");
    }

    /** Returns the response with the id of a schema; throws like {@link #get}. */
    JsonNode post(String path, String body, String subject) throws MalformedRecordException {
        HttpRequest.Builder request = request(path)
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return exchange(request, subject, "id", "an id");
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address.at(path))
                .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
        if (address.authorization() != null) {
            request.header("Authorization", address.authorization());
        }
        return request;
    }

    /**
     * @param field that a successful response has
     * @param expected the field in error messages
     */
    private JsonNode exchange(HttpRequest.Builder builder, String subject, String field, String expected)
            throws MalformedRecordException {
        HttpRequest request = builder.build();
        String uri = shortened(request.uri().toString());
        String failure = "";
        boolean rejected = false;
        long pause = firstPause.toMillis();
        for (int attempt = 0; attempt < attempts; attempt++) {
            if (attempt > 0) {
                LOG.warn("schema registry, {}: {}; retrying in {} ms", uri, failure, pause);
                pause(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE * firstPause.toMillis());
            }
            try {
                HttpResponse<byte[]> response = send(request);
                int status = response.statusCode();
                JsonNode body = json(response.body());
                if (status == 200
                        && (body.path(field).isTextual() || body.path(field).isInt())) {
                    return body;
                }
                if (status == 404 && body.path("error_code").asInt() / 100 == 404) {
                    String message = shortened(body.path("message").asText("not found"));
                    throw new MalformedRecordException(
                            subject + ": " + message + " (expected: a schema in the registry)");
                }
                String message = shortened(body.path("message").asText());
                failure = "HTTP status " + status + (status == 200 ? " without " + expected : "")
                        + (message.isEmpty() ? "" : ": " + message);
                rejected = isRejection(status);
                if (status > 200 && status < 500 && status != 429) {
                    break;
                }
            } catch (BoundedBody.TooLongException e) {
                throw new MalformedRecordException(
                        subject + ": " + e.getMessage() + " (expected: up to " + LONGEST_RESPONSE + ")");
            } catch (IOException e) {
                rejected = false;
                failure = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            }
        }
        IOException unavailable =
                new IOException("schema registry, " + uri + ": " + failure + " (expected: " + expected + ")");
        throw rejected ? new RejectedException(unavailable) : new UncheckedIOException(unavailable);
    }

    /** Returns whether a status is about the request, and not about credentials, a proxy, the path to the registry, or load. */
    private static boolean isRejection(int status) {
        return status >= 400 && status < 500 && !TEMPORARY.contains(status);
    }

    /** Refusals are kept, with their messages. */
    static String shortened(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...";
    }

    /** Parses a response. A response that is not JSON, such as one from a proxy, is treated as empty. */
    private static JsonNode json(byte[] body) throws IOException {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /** Sends one request. The timeout covers the complete response. */
    private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> response =
                client.sendAsync(request, info -> new BoundedBody(LONGEST_RESPONSE));
        try {
            return response.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new IOException("no response within " + TIMEOUT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            response.cancel(true);
            throw interrupted();
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** Flink interrupts a task to cancel it. */
    private static UncheckedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new UncheckedIOException(
                new InterruptedIOException("interrupted while waiting for the schema registry"));
    }
}
