package io.freshet.server.instances;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.http.InferHandler;
import io.freshet.server.http.InferTarget;
import io.freshet.server.predict.versions.ModelQueries;
import io.freshet.server.response.Responses;
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
        router.post(MODEL).handler(context -> predict(context, "model"));
        router.post(MODEL + "/versions/:version").handler(context -> predict(context, "version"));
        router.post(MODEL + "/labels/:label").handler(context -> predict(context, "label"));
    }

    private void ready(RoutingContext context) {
        String name = context.pathParam("model");
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
            context.fail(RequestException.notFound(
                    "path", RequestExcerpt.name(context.request().path()), "a path that ends with " + PREDICT));
            return;
        }
        String named = segment.substring(0, segment.length() - PREDICT.length());
        String model = last.equals("model") ? named : context.pathParam("model");
        infer.infer(context.request(), new InferTarget(model, last.equals("model") ? null : named));
    }

    private void send(RoutingContext context, JsonObject body) {
        context.response().putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        responses.json(context.request(), body);
    }
}
