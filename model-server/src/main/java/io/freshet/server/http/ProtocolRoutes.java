package io.freshet.server.http;

import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.Responses;
import io.freshet.server.predict.ModelQueries;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Open Inference Protocol over HTTP.
 *
 * @see <a href="https://github.com/kserve/open-inference-protocol">Open Inference Protocol</a>
 */
public final class ProtocolRoutes {
    public static final String SERVER_NAME = "freshet";
    /** The supported extensions of the protocol. */
    public static final List<String> EXTENSIONS = List.of("binary_tensor_data", "model_repository", "statistics");

    private static final List<String> MODEL = List.of("/v2/models/:model", "/v2/models/:model/versions/:version");

    private final ModelQueries queries;
    private final Supplier<@Nullable String> problem;
    private final Predicate<HttpServerRequest> trusted;
    private final InferHandler infer;
    private final Responses responses;

    /**
     * @param problem why the server is not ready for requests, or null if it is
     * @param trusted the requests that may read the reason, which names brokers and models
     */
    public ProtocolRoutes(
            ModelQueries queries,
            Supplier<@Nullable String> problem,
            Predicate<HttpServerRequest> trusted,
            InferHandler infer,
            Responses responses) {
        this.queries = queries;
        this.problem = problem;
        this.trusted = trusted;
        this.infer = infer;
        this.responses = responses;
    }

    public void mount(Router router) {
        MODEL.forEach(path -> router.post(path + "/infer")
                .handler(context -> infer.infer(
                        context.request(), new InferTarget(context.pathParam("model"), context.pathParam("version")))));
        get(router, "/v2").handler(this::server);
        get(router, "/v2/health/live").handler(context -> send(context, new JsonObject().put("live", true)));
        get(router, "/v2/health/ready").handler(this::ready);
        get(router, "/v2/models")
                .handler(context -> send(context, new JsonObject().put("models", new JsonArray(queries.names()))));
        get(router, "/v2/models/stats").handler(context -> orFail(context, this::statistics));
        get(router, "/v2/models/:model/versions").handler(context -> orFail(context, this::versions));
        for (String path : MODEL) {
            get(router, path).handler(context -> orFail(context, this::metadata));
            get(router, path + "/stats").handler(context -> orFail(context, this::statistics));
            get(router, path + "/ready").handler(context -> orFail(context, this::modelReady));
        }
    }

    private static Route get(Router router, String path) {
        return router.get(path).method(HttpMethod.HEAD);
    }

    private void server(RoutingContext context) {
        send(
                context,
                new JsonObject()
                        .put("name", SERVER_NAME)
                        .put("version", FreshetVersion.VERSION)
                        .put("extensions", new JsonArray(EXTENSIONS)));
    }

    private void ready(RoutingContext context) {
        String reason = problem.get();
        JsonObject body = new JsonObject().put("ready", reason == null);
        if (reason != null) {
            if (trusted.test(context.request())) {
                body.put("reason", reason);
            }
            context.response().setStatusCode(503);
        }
        send(context, body);
    }

    private void metadata(RoutingContext context) throws RequestException {
        send(context, queries.metadata(context.pathParam("model"), context.pathParam("version"), key(context)));
    }

    private void versions(RoutingContext context) throws RequestException {
        send(context, queries.versions(context.pathParam("model"), key(context)));
    }

    private void modelReady(RoutingContext context) throws RequestException {
        String name = context.pathParam("model");
        queries.requireReady(name, context.pathParam("version"), key(context));
        send(context, new JsonObject().put("name", name).put("ready", true));
    }

    private void statistics(RoutingContext context) throws RequestException {
        send(context, queries.statistics(context.pathParam("model"), context.pathParam("version")));
    }

    private static @Nullable String key(RoutingContext context) {
        return context.request().getParam("key");
    }

    private void send(RoutingContext context, JsonObject body) {
        context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        responses.json(context.request(), body);
    }

    private static void orFail(RoutingContext context, RequestHandler handler) {
        try {
            handler.handle(context);
        } catch (RequestException e) {
            context.fail(e.status(), e);
        }
    }

    private interface RequestHandler {
        void handle(RoutingContext context) throws RequestException;
    }
}
