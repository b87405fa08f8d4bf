package io.freshet.server.http;

import io.freshet.schemas.FreshetVersion;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.predict.ModelMetadata;
import io.freshet.server.predict.VersionLookup;
import io.freshet.server.request.Excerpt;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ServedModel;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Open Inference Protocol over HTTP, and {@code /metrics}.
 *
 * @see <a href="https://github.com/kserve/open-inference-protocol">Open Inference Protocol</a>
 */
public final class ProtocolRoutes {
    private static final List<String> MODEL = List.of("/v2/models/:model", "/v2/models/:model/versions/:version");

    private final ModelStore store;
    private final ServerMetrics metrics;
    private final ModelConditions conditions;
    private final InstantSource clock;
    private final Supplier<@Nullable String> problem;
    private final Limits limits;
    private final InferHandler infer;

    /**
     * @param problem why the server is not ready for requests, or null if it is
     * @param limits limits on inference requests
     */
    public ProtocolRoutes(
            ModelStore store,
            ServerMetrics metrics,
            ModelConditions conditions,
            InstantSource clock,
            Supplier<@Nullable String> problem,
            Limits limits) {
        this.store = store;
        this.metrics = metrics;
        this.conditions = conditions;
        this.clock = clock;
        this.problem = problem;
        this.limits = limits;
        infer = new InferHandler(store, metrics, conditions, clock, limits);
    }

    public void mount(Router router) {
        router.get("/v2").handler(this::server);
        router.get("/v2/health/live").handler(context -> send(context, new JsonObject().put("live", true)));
        router.get("/v2/health/ready").handler(this::ready);
        router.get("/v2/models")
                .handler(context -> send(context, new JsonObject().put("models", new JsonArray(store.names()))));
        for (String path : MODEL) {
            router.get(path).handler(context -> orFail(context, this::metadata));
            router.get(path + "/ready").handler(context -> orFail(context, this::modelReady));
            // Three routes, because within one route Vert.x reads the body before it runs any handler.
            router.post(path + "/infer").handler(infer::begin);
            router.post(path + "/infer").handler(BodyHandler.create(false).setBodyLimit(limits.bodyBytes()));
            router.post(path + "/infer").handler(infer::infer);
        }
        router.get("/metrics").handler(this::scrape);
    }

    private void server(RoutingContext context) {
        send(
                context,
                new JsonObject()
                        .put("name", "freshet")
                        .put("version", FreshetVersion.VERSION)
                        .put("extensions", new JsonArray()));
    }

    private void ready(RoutingContext context) {
        String reason = problem.get();
        JsonObject body = new JsonObject().put("ready", reason == null);
        if (reason != null) {
            body.put("reason", reason);
            context.response().setStatusCode(503);
        }
        send(context, body);
    }

    private void metadata(RoutingContext context) throws RequestException {
        ServedModel model = VersionLookup.model(store, context.pathParam("model"));
        String key = context.request().getParam("key");
        String requested = context.pathParam("version");
        if (model.spec().isKeyed() && key == null) {
            if (requested != null) {
                throw keyNeeded(model, requested);
            }
            send(context, ModelMetadata.ofAllKeys(model, conditions, clock.millis()));
            return;
        }
        send(
                context,
                ModelMetadata.of(
                        model,
                        VersionLookup.require(model, key == null ? "" : key, requested),
                        conditions,
                        clock.millis()));
    }

    private void modelReady(RoutingContext context) throws RequestException {
        ServedModel model = VersionLookup.model(store, context.pathParam("model"));
        String key = context.request().getParam("key");
        String requested = context.pathParam("version");
        if (model.spec().isKeyed() && key == null && requested != null) {
            throw keyNeeded(model, requested);
        }
        if (!model.spec().isKeyed() || key != null) {
            VersionLookup.require(model, key == null ? "" : key, requested);
        }
        send(context, new JsonObject().put("name", model.name()).put("ready", true));
    }

    private void scrape(RoutingContext context) {
        context.vertx()
                .executeBlocking(metrics::scrape, false)
                .onSuccess(text -> context.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
                        .end(text))
                .onFailure(context::fail);
    }

    private static RequestException keyNeeded(ServedModel model, String requested) {
        return RequestException.notFound(
                "model " + model.name() + ", version",
                Excerpt.name(requested),
                "also a key, as ?key=..., because each " + model.spec().spec().key() + " has its own versions");
    }

    private static void send(RoutingContext context, JsonObject body) {
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(body.toBuffer());
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
