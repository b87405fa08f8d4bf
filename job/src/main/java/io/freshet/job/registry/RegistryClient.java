package io.freshet.job.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.confluent.SchemaRegistry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches schemas from a registry that speaks Confluent's HTTP interface: {@code GET /schemas/ids/ID}.
 *
 * <p>A schema never changes and is fetched once. What the registry says that it does not have, or what is no schema of
 * Avro, is wrong with the record. A registry that cannot be reached or that fails says nothing of the record: it is asked
 * again, twice as long apart each time up to {@value #LONGEST_PAUSE} times the first pause. A job waits like that for as
 * long as it takes ({@link #waiting}), as it could do nothing else after a restart either; a command gives up after
 * {@value #ATTEMPTS} attempts ({@link #impatient}). One that refuses who asks fails both at once. Not thread-safe.
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">Schema Registry API</a>
 */
public final class RegistryClient implements SchemaRegistry {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(RegistryClient.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ATTEMPTS = 6;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final int LONGEST_PAUSE = 16;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int LONGEST_ANSWER = 4 << 20;
    private static final int MOST_REFERENCES = 100;

    private final RegistryAddress address;
    private final Duration firstPause;
    private final int attempts;
    private transient @Nullable HttpClient client;
    private transient @Nullable Map<Integer, List<String>> known;
    private transient @Nullable UnavailableSchemas refused;

    private RegistryClient(RegistryAddress address, Duration firstPause, int attempts) {
        this.address = address;
        this.firstPause = firstPause;
        this.attempts = attempts;
    }

    /** Returns a client that waits for a registry in trouble until its thread is interrupted. */
    public static RegistryClient waiting(RegistryAddress address) {
        return new RegistryClient(address, FIRST_PAUSE, Integer.MAX_VALUE);
    }

    /** Returns a client that gives up on a registry in trouble, after some seconds. */
    public static RegistryClient impatient(RegistryAddress address) {
        return new RegistryClient(address, FIRST_PAUSE, ATTEMPTS);
    }

    /** @param pause before the registry is asked for the second time; the next ones are each twice as long */
    public RegistryClient withFirstPause(Duration pause) {
        return new RegistryClient(address, pause, attempts);
    }

    @Override
    public List<String> schemas(int id) throws MalformedRecordException {
        if (known == null) {
            known = new HashMap<>();
        }
        if (refused == null) {
            refused = new UnavailableSchemas();
        }
        List<String> schemas = known.get(id);
        if (schemas == null) {
            refused.check(id);
            try {
                schemas = new Fetch("schema " + id).all("/schemas/ids/" + id);
            } catch (MalformedRecordException e) {
                refused.add(id, e);
                throw e;
            }
            known.put(id, schemas);
        }
        return schemas;
    }

    /** The fetching of one schema, and of those that it refers to. */
    private final class Fetch {
        private final String what;
        private final Set<String> paths = new LinkedHashSet<>();
        private final List<String> schemas = new ArrayList<>();

        Fetch(String what) {
            this.what = what;
        }

        List<String> all(String path) throws MalformedRecordException {
            fetch(path);
            return List.copyOf(schemas);
        }

        private void fetch(String path) throws MalformedRecordException {
            if (!paths.add(path)) {
                return;
            }
            if (paths.size() > MOST_REFERENCES) {
                throw bad("more references", "up to " + MOST_REFERENCES);
            }
            JsonNode answer = get(path);
            String type = answer.path("schemaType").asText("AVRO");
            if (!type.equals("AVRO")) {
                throw bad("of type " + type, "an Avro schema");
            }
            for (JsonNode reference : answer.path("references")) {
                String subject = URLEncoder.encode(reference.path("subject").asText(), StandardCharsets.UTF_8);
                fetch("/subjects/" + subject.replace("+", "%20") + "/versions/"
                        + reference.path("version").asInt());
            }
            schemas.add(answer.path("schema").asText());
        }

        private JsonNode get(String path) throws MalformedRecordException {
            URI uri = address.at(path);
            String failure = "";
            long pause = firstPause.toMillis();
            for (int attempt = 0; attempt < attempts; attempt++) {
                if (attempt > 0) {
                    LOG.warn("schema registry, {}: {}; waiting for it, asking again in {} ms", uri, failure, pause);
                    pause(pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE * firstPause.toMillis());
                }
                try {
                    HttpResponse<byte[]> response = send(uri);
                    int status = response.statusCode();
                    JsonNode answer = json(response.body());
                    if (status == 200 && answer.path("schema").isTextual()) {
                        return answer;
                    }
                    if (status == 404 && answer.path("error_code").asInt() / 100 == 404) {
                        throw bad(answer.path("message").asText("not found"), "one that the schema registry has");
                    }
                    failure = "HTTP status " + status + (status == 200 ? " without a schema" : "");
                    if (status > 200 && status < 500 && status != 429) {
                        break;
                    }
                } catch (BoundedBody.TooLongException e) {
                    throw bad(String.valueOf(e.getMessage()), "up to " + LONGEST_ANSWER);
                } catch (IOException e) {
                    failure = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
                }
            }
            throw new UncheckedIOException(
                    new IOException("schema registry, " + uri + ": " + failure + " (expected: a schema)"));
        }

        /** Returns what an answer says; nothing if it is no JSON, as one of whoever stands between is. */
        private JsonNode json(byte[] answer) throws IOException {
            try {
                return JSON.readTree(answer);
            } catch (JsonProcessingException e) {
                return MissingNode.getInstance();
            }
        }

        private MalformedRecordException bad(String value, String expected) {
            return new MalformedRecordException(what + ": " + value + " (expected: " + expected + ")");
        }
    }

    /** Sends one request; the whole answer must come in time, however slowly it drips. */
    private HttpResponse<byte[]> send(URI uri) throws IOException {
        if (client == null) {
            client = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(TIMEOUT)
                    .build();
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
        if (address.authorization() != null) {
            request.header("Authorization", address.authorization());
        }
        CompletableFuture<HttpResponse<byte[]>> answer =
                client.sendAsync(request.build(), response -> new BoundedBody(LONGEST_ANSWER));
        try {
            return answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException("no answer within " + TIMEOUT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            answer.cancel(true);
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

    /** Flink interrupts a task that is to end. */
    private static UncheckedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new UncheckedIOException(
                new InterruptedIOException("interrupted while waiting for the schema registry"));
    }
}
