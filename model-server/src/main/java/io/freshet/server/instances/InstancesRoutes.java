package io.freshet.server.instances;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.body.Responses;
import io.freshet.server.http.InferHandler;
import io.freshet.server.http.InferTarget;
import io.freshet.server.predict.ModelQueries;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * The V1 protocol over HTTP. A path to predict ends with {@code :predict} instead of a segment of its own; versions and labels
 * are those of TensorFlow Serving.
 *
 * @see <a href="https://kserve.github.io/website/docs/concepts/architecture/data-plane/v1-protocol">KServe, V1 protocol</a>
 * @see <a href="https://www.tensorflow.org/tfx/serving/api_rest">TensorFlow Serving, REST API</a>
 */
public final class InstancesRoutes {
    private static final String MODELS = "/v1/models";
    private static final String MODEL = MODELS + "/:model";
    private static final String PREDICT = ":predict";

    private final ModelQueries queries;
    private final InferHandler infer;
    private final Responses responses;

    /** @param infer predicts requests in {@link InstancesFormat} */
    public InstancesRoutes(ModelQueries queries, InferHandler infer, Responses responses) {
        this.queries = queries;
        this.infer = infer;
        this.responses = responses;
    }

    public void mount(Router router) {
        router.get(MODELS)
                .method(HttpMethod.HEAD)
                .handler(context -> send(context, new JsonObject().put("models", new JsonArray(queries.names()))));
        router.get(MODEL).method(HttpMethod.HEAD).handler(this::ready);
        mountPredict(router, MODEL, "model");
        mountPredict(router, MODEL + "/versions/:version", "version");
        mountPredict(router, MODEL + "/labels/:label", "label");
    }

    private void mountPredict(Router router, String path, String last) {
        router.post(path).handler(context -> predict(context, last));
        router.route(path).handler(context -> refuse(context, last));
    }

    private void ready(RoutingContext context) {
        String name = context.pathParam("model");
        if (name.endsWith(PREDICT)) {
            context.next();
            return;
        }
        try {
            queries.requireReady(name, null, null);
            send(context, new JsonObject().put("name", name).put("ready", true));
        } catch (RequestException e) {
            context.fail(e.status(), e);
        }
    }

    /** @param last the name of the last segment of the path */
    private void predict(RoutingContext context, String last) {
        String segment = context.pathParam(last);
        if (!segment.endsWith(PREDICT)) {
            context.next();
            return;
        }
        String named = segment.substring(0, segment.length() - PREDICT.length());
        String model = last.equals("model") ? named : context.pathParam("model");
        infer.infer(context.request(), new InferTarget(model, last.equals("model") ? null : named));
    }

    /** Refuses another method than that of the path, and a path that does not end with the verb and has no method. */
    private static void refuse(RoutingContext context, String last) {
        String path = RequestExcerpt.name(context.request().path());
        boolean predicts = context.pathParam(last).endsWith(PREDICT);
        if (!predicts && !last.equals("model")) {
            context.fail(RequestException.notFound("path", path, "a path that ends with " + PREDICT));
            return;
        }
        String methods = predicts ? "POST" : "GET, HEAD";
        context.response().putHeader(HttpHeaders.ALLOW, methods);
        context.fail(RequestException.of(
                405,
                "method: " + context.request().method() + " (expected: " + methods + " for " + path
                        + (predicts ? "" : ", or POST for " + path + PREDICT) + ")"));
    }

    private void send(RoutingContext context, JsonObject body) {
        context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        responses.json(context.request(), body);
    }
}
