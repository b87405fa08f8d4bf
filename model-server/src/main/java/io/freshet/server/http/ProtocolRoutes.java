package io.freshet.server.http;

import io.freshet.schemas.FreshetVersion;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.predict.Inference;
import io.freshet.server.predict.ModelMetadata;
import io.freshet.server.predict.VersionList;
import io.freshet.server.predict.VersionLookup;
import io.freshet.server.request.Excerpt;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ServedModel;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
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

    private final VersionLookup lookup;
    private final ServerMetrics metrics;
    private final ModelConditions conditions;
    private final InstantSource clock;
    private final Supplier<@Nullable String> problem;
    private final InferHandler infer;

    /**
     * @param lookup finds models
     * @param inference predicts
     * @param problem why the server is not ready for requests, or null if it is
     * @param workers predicts the requests that are not small
     * @param limits limits on inference requests
     */
    public ProtocolRoutes(
            VersionLookup lookup,
            Inference inference,
            ServerMetrics metrics,
            ModelConditions conditions,
            InstantSource clock,
            Supplier<@Nullable String> problem,
            WorkerExecutor workers,
            Limits limits) {
        this.lookup = lookup;
        this.metrics = metrics;
        this.conditions = conditions;
        this.clock = clock;
        this.problem = problem;
        infer = new InferHandler(lookup, inference, metrics, workers, limits);
    }

    public void mount(Router router) {
        get(router, "/v2").handler(this::server);
        get(router, "/v2/health/live").handler(context -> send(context, new JsonObject().put("live", true)));
        get(router, "/v2/health/ready").handler(this::ready);
        get(router, "/v2/models")
                .handler(context -> send(context, new JsonObject().put("models", new JsonArray(lookup.names()))));
        get(router, "/v2/models/:model/versions").handler(context -> orFail(context, this::versions));
        for (String path : MODEL) {
            get(router, path).handler(context -> orFail(context, this::metadata));
            get(router, path + "/ready").handler(context -> orFail(context, this::modelReady));
            router.post(path + "/infer").handler(infer::infer);
        }
        get(router, "/metrics").handler(this::scrape);
    }

    private static Route get(Router router, String path) {
        return router.get(path).method(HttpMethod.HEAD);
    }

    private void server(RoutingContext context) {
        send(
                context,
                new JsonObject()
                        .put("name", "freshet")
                        .put("version", FreshetVersion.VERSION)
                        .put("extensions", new JsonArray().add("model_repository")));
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
        ServedModel model = lookup.model(context.pathParam("model"));
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

    private void versions(RoutingContext context) throws RequestException {
        ServedModel model = lookup.model(context.pathParam("model"));
        String key = context.request().getParam("key");
        if (model.spec().isKeyed() && key == null) {
            throw RequestException.bad(
                    "key",
                    "missing",
                    "?key=..., because each " + model.spec().spec().key() + " has its own versions");
        }
        VersionLookup.require(model, key == null ? "" : key, null);
        send(context, VersionList.of(model, key == null ? "" : key, conditions, clock.millis()));
    }

    private void modelReady(RoutingContext context) throws RequestException {
        ServedModel model = lookup.model(context.pathParam("model"));
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
        boolean acceptsGzip = EncodedContent.acceptsGzip(context.request());
        context.vertx()
                .executeBlocking(
                        () -> EncodedContent.of(metrics.scrape().getBytes(StandardCharsets.UTF_8), acceptsGzip), false)
                .onSuccess(content -> content.end(context.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")))
                .onFailure(context::fail);
    }

    private static RequestException keyNeeded(ServedModel model, String requested) {
        return RequestException.notFound(
                "model " + model.name() + ", version",
                Excerpt.name(requested),
                "also a key, as ?key=..., because each " + model.spec().spec().key() + " has its own versions");
    }

    private static void send(RoutingContext context, JsonObject body) {
        Buffer content = body.toBuffer();
        context.response()
                .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(content.length()))
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(content);
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
