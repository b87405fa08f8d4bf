package io.freshet.server.http;

import io.freshet.server.body.Responses;
import io.freshet.server.inspect.Inspections;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.Callable;

/**
 * What people ask about a model: which features moved, why records were rejected, values to try, its specification, keys, classes,
 * and join. An addition to the protocol.
 */
public final class InspectionRoutes {
    private static final int MAXIMUM_IN_FLIGHT = 64;

    /** Those that read topics share one worker, which a broker that does not answer may hold for seconds. */
    private final Admission reading = new Admission("inspections", MAXIMUM_IN_FLIGHT, 0);

    private final Admission others = new Admission("inspections in memory", MAXIMUM_IN_FLIGHT, 0);
    private final Inspections inspections;
    private final WorkerExecutor reader;
    private final WorkerExecutor searcher;
    private final Responses responses;

    /**
     * @param reader may wait for a broker
     * @param searcher may take long because of many keys
     */
    public InspectionRoutes(
            Inspections inspections, WorkerExecutor reader, WorkerExecutor searcher, Responses responses) {
        this.inspections = inspections;
        this.reader = reader;
        this.searcher = searcher;
        this.responses = responses;
    }

    public void mount(Router router) {
        router.get("/v2/models/:model/movers").method(HttpMethod.HEAD).handler(this::movers);
        router.get("/v2/models/:model/example").method(HttpMethod.HEAD).handler(this::example);
        router.get("/v2/models/:model/specification").method(HttpMethod.HEAD).handler(this::specification);
        router.get("/v2/models/:model/keys").method(HttpMethod.HEAD).handler(this::keys);
        router.get("/v2/models/:model/classes").method(HttpMethod.HEAD).handler(this::classes);
        router.get("/v2/models/:model/join").method(HttpMethod.HEAD).handler(this::join);
        router.get("/v2/models/:model/dead-letters").method(HttpMethod.HEAD).handler(this::deadLetters);
    }

    private void movers(RoutingContext context) {
        String model = context.pathParam("model");
        String key = context.request().getParam("key");
        respondFromTopics(context, () -> inspections.movers(model, key));
    }

    private void example(RoutingContext context) {
        String model = context.pathParam("model");
        String key = context.request().getParam("key");
        respondFromTopics(context, () -> inspections.example(model, key));
    }

    private void specification(RoutingContext context) {
        String model = context.pathParam("model");
        respond(context, () -> inspections.specification(model));
    }

    private void keys(RoutingContext context) {
        String model = context.pathParam("model");
        String prefix = context.request().getParam("prefix", "");
        respond(context, () -> inspections.keys(model, prefix));
    }

    private void classes(RoutingContext context) {
        String model = context.pathParam("model");
        String key = context.request().getParam("key");
        respond(context, () -> inspections.classes(model, key));
    }

    private void join(RoutingContext context) {
        String model = context.pathParam("model");
        respond(context, () -> inspections.join(model));
    }

    private void deadLetters(RoutingContext context) {
        String model = context.pathParam("model");
        respondFromTopics(context, () -> inspections.deadLetters(model));
    }

    private void respond(RoutingContext context, Callable<JsonObject> inspection) {
        respond(context, others.run(() -> searcher.executeBlocking(inspection, false)));
    }

    private void respondFromTopics(RoutingContext context, Callable<JsonObject> inspection) {
        respond(context, reading.run(() -> reader.executeBlocking(inspection, true)));
    }

    private void respond(RoutingContext context, Future<JsonObject> answer) {
        answer.onSuccess(json -> {
                    context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
                    responses.json(context.request(), json);
                })
                .onFailure(context::fail);
    }
}
