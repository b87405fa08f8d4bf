package io.freshet.server.http;

import io.freshet.learning.yaml.Durations;
import io.freshet.learning.yaml.SpecException;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.body.Responses;
import io.freshet.server.body.StrictJson;
import io.freshet.server.store.VersionLabel;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The model repository extension over REST: {@code load} with a version pins it, and without one follows the newest;
 * {@code unload} stops serving a model; {@code index} lists versions with reasons. Labels of versions are an addition.
 *
 * @see <a
 *     href="https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_model_repository.md">Model
 *     repository extension</a>
 */
public final class RepositoryRoutes {
    private static final String LABEL = "/v2/repository/models/:model/labels/:label";

    private final ModelRepository repository;
    private final BodyReader bodies;
    private final Responses responses;

    public RepositoryRoutes(ModelRepository repository, Limits limits, Responses responses) {
        this.repository = repository;
        this.responses = responses;
        bodies = new BodyReader(ModelRepository.limits(limits));
    }

    public void mount(Router router) {
        post(router, "/v2/repository/index", (context, body) -> index(body));
        post(
                router,
                "/v2/repository/models/:model/load",
                (context, body) -> load(context.pathParam("model"), parameters(body, "version", "key")));
        post(router, "/v2/repository/models/:model/unload", (context, body) -> {
            // Clients send it. No model depends on another.
            parameters(body, "unload_dependents");
            return unload(context.pathParam("model"));
        });
        post(router, LABEL, this::label);
        handle(router.delete(LABEL), (context, body) -> unlabel(context));
    }

    private Buffer label(RoutingContext context, Map<?, ?> body) throws RequestException {
        VersionLabel label = versionLabel(context);
        expectOnly("body", body, "version", "published_at", "ago", "traffic", "key");
        String model = context.pathParam("model");
        String key = text(body, "", "key");
        double traffic = traffic(label, body);
        String version = text(body, "", "version");
        String ago = text(body, "", "ago");
        String publishedAt = text(body, "", "published_at");
        if (ago != null && (version != null || publishedAt != null)) {
            throw RequestException.bad(
                    "ago", RequestExcerpt.name(ago), "none beside " + (version == null ? "published_at" : "version"));
        }
        if (ago != null) {
            return repository.label(model, key, label, duration(ago), traffic).toBuffer();
        }
        if (version == null) {
            throw RequestException.bad(
                    "version", "missing", "a version, a label, or " + VersionLabel.NEWEST + "; or ago, such as 10m");
        }
        return publishedAt == null
                ? repository.label(model, key, label, version, traffic).toBuffer()
                : repository
                        .label(model, key, label, version, instant(publishedAt), traffic)
                        .toBuffer();
    }

    private static Instant instant(String publishedAt) throws RequestException {
        try {
            // Later times than a long has milliseconds are no times of versions.
            return Instant.ofEpochMilli(Instant.parse(publishedAt).toEpochMilli());
        } catch (DateTimeParseException | ArithmeticException e) {
            throw RequestException.bad(
                    "published_at",
                    RequestExcerpt.name(publishedAt),
                    "a time as the list of versions has it, such as 2026-11-25T17:53:40.402Z");
        }
    }

    private static Duration duration(String ago) throws RequestException {
        try {
            return Duration.ofMillis(Durations.millis("ago", ago));
        } catch (SpecException e) {
            throw RequestException.bad("ago", RequestExcerpt.name(ago), Durations.EXPECTED);
        }
    }

    private Buffer unlabel(RoutingContext context) throws RequestException {
        return repository
                .unlabel(context.pathParam("model"), context.request().getParam("key"), versionLabel(context))
                .toBuffer();
    }

    private static VersionLabel versionLabel(RoutingContext context) throws RequestException {
        String text = context.pathParam("label");
        return VersionLabel.of(text)
                .orElseThrow(() ->
                        RequestException.notFound("label", RequestExcerpt.name(text), "one of " + VersionLabel.NAMES));
    }

    /** Returns the share of the requests. Stable has none, because it gets all others; that of shadow is 1 unless given. */
    private static double traffic(VersionLabel label, Map<?, ?> body) throws RequestException {
        Object traffic = body.get("traffic");
        if (label == VersionLabel.STABLE) {
            if (traffic != null) {
                throw RequestException.bad(
                        "traffic", RequestExcerpt.name(traffic.toString()), "none; stable gets what canary does not");
            }
            return 1;
        }
        if (traffic == null && label == VersionLabel.SHADOW) {
            return 1;
        }
        if (traffic instanceof Number share && share.doubleValue() >= 0 && share.doubleValue() <= 1) {
            return share.doubleValue();
        }
        throw RequestException.bad(
                "traffic",
                traffic == null ? "missing" : traffic instanceof String text ? RequestExcerpt.text(text) : traffic,
                "a share of the requests, in [0, 1]");
    }

    private interface Action {
        Buffer run(RoutingContext context, Map<?, ?> body) throws RequestException;
    }

    private void post(Router router, String path, Action action) {
        handle(router.post(path), action);
    }

    private void handle(Route route, Action action) {
        route.handler(context -> {
            Admission.Ticket ticket = repository.admission().enter();
            context.addEndHandler(end -> ticket.responseEnded());
            bodies.read(context.request(), context.vertx(), ticket)
                    .compose(body -> run(context, ticket, action, body))
                    .onSuccess(body -> responses.json(context.request(), body))
                    .onFailure(context::fail);
        });
    }

    /** An action waits for the store's lock, which a swap may hold, on another thread than the event loop's. */
    private static Future<Buffer> run(RoutingContext context, Admission.Ticket ticket, Action action, Buffer body) {
        return ticket.run(0, () -> context.vertx().executeBlocking(() -> action.run(context, parse(body)), false));
    }

    private Buffer index(Map<?, ?> body) throws RequestException {
        expectOnly("body", body, "ready");
        Object ready = body.get("ready");
        if (ready != null && !(ready instanceof Boolean)) {
            throw RequestException.bad("ready", RequestExcerpt.name(ready.toString()), "true or false");
        }
        return repository.index(Boolean.TRUE.equals(ready)).toBuffer();
    }

    private Buffer load(String name, Map<?, ?> parameters) throws RequestException {
        repository.load(name, text(parameters, "parameters.", "version"), text(parameters, "parameters.", "key"));
        return Buffer.buffer("{}");
    }

    private Buffer unload(String name) throws RequestException {
        repository.unload(name);
        return Buffer.buffer("{}");
    }

    private static Map<?, ?> parameters(Map<?, ?> body, String... names) throws RequestException {
        expectOnly("body", body, "parameters");
        Object parameters = body.get("parameters");
        if (parameters == null) {
            return Map.of();
        }
        if (!(parameters instanceof Map<?, ?> object)) {
            throw RequestException.bad("parameters", RequestExcerpt.name(parameters.toString()), "an object");
        }
        expectOnly("parameters", object, names);
        return object;
    }

    private static Map<?, ?> parse(Buffer body) throws RequestException {
        return body.length() == 0 ? Map.of() : StrictJson.object(body);
    }

    private static void expectOnly(String where, Map<?, ?> object, String... names) throws RequestException {
        for (Object field : object.keySet()) {
            if (!List.of(names).contains(field.toString())) {
                throw RequestException.bad(
                        where,
                        RequestExcerpt.name(field.toString()),
                        names.length == 0 ? "none" : String.join(" or ", names));
            }
        }
    }

    /** Returns a text, or a number as text. */
    private static @Nullable String text(Map<?, ?> object, String path, String name) throws RequestException {
        Object value = object.get(name);
        if (value == null || value instanceof String || value instanceof Number) {
            return value == null ? null : value.toString();
        }
        throw RequestException.bad(path + name, RequestExcerpt.name(value.toString()), "a text or a number");
    }
}
