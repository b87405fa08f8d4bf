package io.freshet.server.http;

import io.freshet.server.request.Excerpt;
import io.freshet.server.request.RequestException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The model repository extension over REST: {@code load} with a version pins it, and without one follows the newest;
 * {@code unload} stops serving a model; {@code index} lists versions with reasons.
 *
 * @see <a
 *     href="https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_model_repository.md">Model
 *     repository extension</a>
 */
public final class RepositoryRoutes {
    private static final int MAXIMUM_BODY_BYTES = 64 << 10;

    private final ModelRepository repository;

    public RepositoryRoutes(ModelRepository repository) {
        this.repository = repository;
    }

    public void mount(Router router) {
        post(router, "/v2/repository/index", context -> index(body(context)));
        post(
                router,
                "/v2/repository/models/:model/load",
                context -> load(context.pathParam("model"), parameters(context, "version", "key")));
        post(router, "/v2/repository/models/:model/unload", context -> {
            parameters(context);
            return unload(context.pathParam("model"));
        });
    }

    private interface Action {
        Buffer run(RoutingContext context) throws RequestException;
    }

    /** An action waits for the store's lock, which a swap may hold, on another thread than the event loop's. */
    private static void post(Router router, String path, Action action) {
        router.post(path)
                .handler(BodyHandler.create(false).setBodyLimit(MAXIMUM_BODY_BYTES))
                .handler(context -> context.vertx()
                        .executeBlocking(() -> action.run(context), false)
                        .onSuccess(body -> context.response()
                                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                                .end(body))
                        .onFailure(context::fail));
    }

    private Buffer index(JsonObject body) throws RequestException {
        expectOnly("body", body, "ready");
        Object ready = body.getValue("ready");
        if (ready != null && !(ready instanceof Boolean)) {
            throw RequestException.bad("ready", Excerpt.name(ready.toString()), "true or false");
        }
        return repository.index(Boolean.TRUE.equals(ready)).toBuffer();
    }

    private Buffer load(String name, JsonObject parameters) throws RequestException {
        repository.load(name, text(parameters, "version"), text(parameters, "key"));
        return Buffer.buffer("{}");
    }

    private Buffer unload(String name) throws RequestException {
        repository.unload(name);
        return Buffer.buffer("{}");
    }

    private static JsonObject parameters(RoutingContext context, String... names) throws RequestException {
        JsonObject body = body(context);
        expectOnly("body", body, "parameters");
        Object parameters = body.getValue("parameters");
        if (parameters == null) {
            return new JsonObject();
        }
        if (!(parameters instanceof JsonObject object)) {
            throw RequestException.bad("parameters", Excerpt.name(parameters.toString()), "an object");
        }
        expectOnly("parameters", object, names);
        return object;
    }

    private static JsonObject body(RoutingContext context) throws RequestException {
        Buffer body = context.body().buffer();
        if (body == null || body.length() == 0) {
            return new JsonObject();
        }
        try {
            return new JsonObject(body);
        } catch (DecodeException e) {
            throw RequestException.bad("body: not a JSON object (expected: {} or nothing)");
        }
    }

    private static void expectOnly(String where, JsonObject object, String... names) throws RequestException {
        for (Map.Entry<String, Object> field : object) {
            if (!List.of(names).contains(field.getKey())) {
                throw RequestException.bad(
                        where, Excerpt.name(field.getKey()), names.length == 0 ? "none" : String.join(" or ", names));
            }
        }
    }

    /** Returns a text, or a number as text. */
    private static @Nullable String text(JsonObject parameters, String name) throws RequestException {
        Object value = parameters.getValue(name);
        if (value == null || value instanceof String || value instanceof Number) {
            return value == null ? null : value.toString();
        }
        throw RequestException.bad("parameters." + name, Excerpt.name(value.toString()), "a text or a number");
    }
}
