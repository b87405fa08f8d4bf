package io.freshet.job.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.confluent.SchemaRegistry;
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
import org.jspecify.annotations.Nullable;

/**
 * Fetches schemas from a registry with Confluent's HTTP API, {@code GET /schemas/ids/ID}, and registers schemas with {@code
 * POST /subjects/SUBJECT/versions}.
 *
 * <p>A schema never changes and is fetched once. If the registry does not know an id, or its schema is not Avro, the record is
 * malformed. If the registry is unreachable or failing, the request is retried with exponential backoff, up to {@value
 * RegistryHttp#LONGEST_PAUSE} times the first pause. A job retries until it is canceled ({@link #waiting}), since a restart
 * would not help. A command gives up after {@value #ATTEMPTS} attempts ({@link #impatient}). Both fail immediately if the
 * registry refuses the credentials. Not thread-safe.
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">Schema Registry API</a>
 */
public final class RegistryClient implements SchemaRegistry {
    private static final long serialVersionUID = 1;
    private static final int ATTEMPTS = 6;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final int MOST_REFERENCES = 100;

    private final RegistryAddress address;
    private final Duration firstPause;
    private final int attempts;
    private transient @Nullable RegistryHttp http;
    private transient @Nullable Map<Integer, List<String>> cache;
    private transient @Nullable UnavailableSchemas unavailable;

    private RegistryClient(RegistryAddress address, Duration firstPause, int attempts) {
        this.address = address;
        this.firstPause = firstPause;
        this.attempts = attempts;
    }

    /** Returns a client that retries until its thread is interrupted. */
    public static RegistryClient waiting(RegistryAddress address) {
        return new RegistryClient(address, FIRST_PAUSE, Integer.MAX_VALUE);
    }

    /** Returns a client that gives up after {@value #ATTEMPTS} attempts, a few seconds. */
    public static RegistryClient impatient(RegistryAddress address) {
        return new RegistryClient(address, FIRST_PAUSE, ATTEMPTS);
    }

    /** @param pause before the second attempt; doubles with each further attempt */
    public RegistryClient withFirstPause(Duration pause) {
        return new RegistryClient(address, pause, attempts);
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
                schemas = new Fetch("schema " + id).all("/schemas/ids/" + id);
            } catch (MalformedRecordException e) {
                unavailable.add(id, e);
                throw e;
            }
            cache.put(id, schemas);
        }
        return schemas;
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
    private final class Fetch {
        private final String subject;
        private final Set<String> paths = new LinkedHashSet<>();
        private final List<String> schemas = new ArrayList<>();

        /** @param subject of error messages */
        Fetch(String subject) {
            this.subject = subject;
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
            JsonNode response = http().get(path, subject);
            String type = response.path("schemaType").asText("AVRO");
            if (!type.equals("AVRO")) {
                throw malformed("of type " + type, "an Avro schema");
            }
            for (JsonNode reference : response.path("references")) {
                fetch(versions(reference.path("subject").asText()) + "/"
                        + reference.path("version").asInt());
            }
            schemas.add(response.path("schema").asText());
        }

        private MalformedRecordException malformed(String value, String expected) {
            return new MalformedRecordException(subject + ": " + value + " (expected: " + expected + ")");
        }
    }
}
