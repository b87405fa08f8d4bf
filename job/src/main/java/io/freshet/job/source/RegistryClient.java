package io.freshet.job.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.sample.SchemaLookups;
import io.freshet.schemas.sample.SchemaRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Fetches schemas from a registry with Confluent's HTTP API, {@code GET /schemas/ids/ID}, and registers schemas with {@code
 * POST /subjects/SUBJECT/versions}.
 *
 * <p>A schema never changes and is fetched once. If the registry does not know an id, or its schema is not Avro, the record is
 * malformed. If the registry is unreachable or failing, the request is retried with exponential backoff, up to {@value
 * RegistryHttp#LONGEST_PAUSE} times the first pause. A job looks schemas up in the background ({@link #lookups}), and registers
 * them until it is canceled ({@link #waiting}), since a restart would not help. A command gives up after {@value #ATTEMPTS}
 * attempts ({@link #impatient}). Not thread-safe.
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">Schema Registry API</a>
 */
public final class RegistryClient implements SchemaRegistry {
    private static final long serialVersionUID = 1;
    private static final int ATTEMPTS = 6;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final int MOST_REFERENCES = 100;
    private static final int LONGEST_SCHEMAS = RegistryHttp.LONGEST_RESPONSE;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final RegistryAddress address;
    private final Duration firstPause;
    private final int attempts;
    private final Duration patience;
    private transient @Nullable RegistryHttp http;
    private transient @Nullable Map<Integer, List<String>> cache;
    private transient @Nullable UnavailableSchemas unavailable;

    private RegistryClient(RegistryAddress address, Duration firstPause, int attempts, Duration patience) {
        this.address = address;
        this.firstPause = firstPause;
        this.attempts = attempts;
        this.patience = patience;
    }

    /** Returns a client that retries until its thread is interrupted. */
    public static RegistryClient waiting(RegistryAddress address) {
        return new RegistryClient(address, FIRST_PAUSE, Integer.MAX_VALUE, PATIENCE);
    }

    /** Returns a client that gives up after {@value #ATTEMPTS} attempts, a few seconds. */
    public static RegistryClient impatient(RegistryAddress address) {
        return new RegistryClient(address, FIRST_PAUSE, ATTEMPTS, PATIENCE);
    }

    /** @param pause before the second attempt; doubles with each further attempt */
    public RegistryClient withFirstPause(Duration pause) {
        return new RegistryClient(address, pause, attempts, patience);
    }

    /** @param limit how long {@link #lookups} lets records wait while the registry fails */
    public RegistryClient withPatience(Duration limit) {
        return new RegistryClient(address, firstPause, attempts, limit);
    }

    @Override
    public SchemaLookups lookups(Runnable changed) {
        RegistryHttp once = new RegistryHttp(address, firstPause, 1);
        return new BackgroundLookups(
                id -> fetch(id, once),
                new BackgroundLookups.Timing(patience, firstPause),
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                changed);
    }

    @Override
    public List<String> schemas(int id) throws MalformedRecordException {
        if (cache == null) {
            cache = new HashMap<>();
        }
        if (unavailable == null) {
            unavailable = new UnavailableSchemas();
        }
        List<String> schemas = cache.get(id);
        if (schemas == null) {
            unavailable.check(id);
            try {
                schemas = fetch(id, http());
            } catch (MalformedRecordException e) {
                unavailable.add(id, e);
                throw e;
            }
            cache.put(id, schemas);
        }
        return schemas;
    }

    static List<String> fetch(int id, RegistryHttp http) throws MalformedRecordException {
        return new Fetch("schema " + id, http).all("/schemas/ids/" + id);
    }

    /**
     * Registers an Avro schema, and returns its id. Registering the same schema again returns the same id.
     *
     * @throws UncheckedIOException if the registry refuses the schema, or is unavailable after the last attempt
     */
    public int register(String subject, String schema) {
        String body =
                JsonNodeFactory.instance.objectNode().put("schema", schema).toString();
        try {
            return http().post(versions(subject), body, "subject " + subject)
                    .path("id")
                    .asInt();
        } catch (MalformedRecordException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    private static String versions(String subject) {
        return "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20") + "/versions";
    }

    private RegistryHttp http() {
        if (http == null) {
            http = new RegistryHttp(address, firstPause, attempts);
        }
        return http;
    }

    /** Fetches one schema and, before it, those that it references. */
    private static final class Fetch {
        private final String subject;
        private final RegistryHttp http;
        private int length;
        private final Set<String> paths = new LinkedHashSet<>();
        private final List<String> schemas = new ArrayList<>();

        /** @param subject of error messages */
        Fetch(String subject, RegistryHttp http) {
            this.subject = subject;
            this.http = http;
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
                throw malformed("more references", "up to " + MOST_REFERENCES);
            }
            JsonNode response = http.get(path, subject);
            String type = response.path("schemaType").asText("AVRO");
            if (!type.equals("AVRO")) {
                throw malformed("of type " + RegistryHttp.shortened(type), "an Avro schema");
            }
            for (JsonNode reference : response.path("references")) {
                fetch(versions(reference.path("subject").asText()) + "/"
                        + reference.path("version").asInt());
            }
            String schema = response.path("schema").asText();
            length += schema.length();
            if (length > LONGEST_SCHEMAS) {
                throw malformed("more than " + LONGEST_SCHEMAS + " characters with its references", "fewer");
            }
            schemas.add(schema);
        }

        private MalformedRecordException malformed(String value, String expected) {
            return new MalformedRecordException(subject + ": " + value + " (expected: " + expected + ")");
        }
    }
}
