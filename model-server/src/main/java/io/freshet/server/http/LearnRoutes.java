package io.freshet.server.http;

import io.freshet.server.learn.Receipt;
import io.freshet.server.learn.SampleTopic;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.predict.VersionLookup;
import io.freshet.server.request.Gzip;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InferRequestReader;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ServedModel;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Handles {@code POST .../learn}: writes labeled rows to the samples topic, and responds once the broker has acknowledged them.
 * The bytes of requests that wait for it are limited.
 */
public final class LearnRoutes {
    private static final int MAXIMUM_HELD_BYTES = 32 << 20;

    private final @Nullable SampleTopic samples;
    private final VersionLookup lookup;
    private final ServerMetrics metrics;
    private final WorkerExecutor workers;
    private final Admission admission;
    private final Limits limits;
    private final BodyReader bodies;
    private final InferRequestReader reader;

    /**
     * @param samples null if the server accepts no samples
     * @param workers may wait for a broker
     */
    public LearnRoutes(
            @Nullable SampleTopic samples,
            VersionLookup lookup,
            ServerMetrics metrics,
            WorkerExecutor workers,
            Limits limits) {
        this.samples = samples;
        this.lookup = lookup;
        this.metrics = metrics;
        this.workers = workers;
        admission = new Admission(metrics, Math.max(MAXIMUM_HELD_BYTES, limits.bodyBytes()));
        this.limits = limits;
        bodies = new BodyReader(limits);
        reader = new InferRequestReader(limits.rows());
        if (samples != null) {
            Receipt.RESULTS.forEach(result -> metrics.rowsToLearn(result, 0));
        }
    }

    public void mount(Router router) {
        router.post("/v2/models/:model/learn").handler(this::learn);
    }

    private void learn(RoutingContext context) {
        Admission.Ticket ticket = admission.enter();
        context.addEndHandler(end -> ticket.responseEnded());
        SampleTopic topic = samples;
        try {
            if (topic == null) {
                throw RequestException.notFound("learn: disabled (expected: a server started with --learn)");
            }
            ContentHeaders.check(context.request());
        } catch (RequestException e) {
            context.fail(e);
            return;
        }
        bodies.read(context.request(), context.vertx(), ticket)
                .compose(body -> write(context, ticket, body, topic))
                .onFailure(context::fail);
    }

    private Future<Void> write(RoutingContext context, Admission.Ticket ticket, Buffer body, SampleTopic topic) {
        boolean compressed = ContentHeaders.isCompressed(context.request());
        ServedModel model;
        try {
            model = lookup.model(context.pathParam("model"));
            if (compressed) {
                ticket.hold(limits.bodyBytes());
            }
            ticket.begin();
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        return workers.executeBlocking(
                        () -> {
                            Buffer content = compressed ? Gzip.decompress(body, limits.bodyBytes()) : body;
                            InferRequest request = reader.read(content, content.length());
                            return new Written(request.id(), topic.write(model.spec(), request));
                        },
                        false)
                .compose(written -> Future.fromCompletionStage(
                                written.receipts, context.vertx().getOrCreateContext())
                        .compose(receipts -> send(context, response(model, topic, written.id, receipts), receipts)))
                .onComplete(end -> ticket.release());
    }

    /** @param id of the request, or null */
    private record Written(@Nullable String id, CompletableFuture<List<Receipt>> receipts) {}

    private static JsonObject response(
            ServedModel model, SampleTopic topic, @Nullable String id, List<Receipt> receipts) {
        JsonObject response = new JsonObject().put("model_name", model.name());
        if (id != null) {
            response.put("id", id);
        }
        return response.put("parameters", new JsonObject().put("topic", topic.name()))
                .put("outputs", Receipt.outputs(receipts));
    }

    private Future<Void> send(RoutingContext context, JsonObject response, List<Receipt> receipts) {
        for (String result : Receipt.RESULTS) {
            metrics.rowsToLearn(result, count(receipts, result));
        }
        int status = status(receipts);
        if (status == 503) {
            context.response().putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(ErrorResponses.RETRY_SECONDS));
        }
        return context.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(response.toBuffer());
    }

    /** Returns 503 if a row may have to be sent again, 400 if no row is valid, and 200 otherwise. */
    private static int status(List<Receipt> receipts) {
        if (count(receipts, Receipt.FAILED) > 0) {
            return 503;
        }
        return count(receipts, Receipt.ACKNOWLEDGED) > 0 ? 200 : 400;
    }

    private static int count(List<Receipt> receipts, String result) {
        return (int) receipts.stream()
                .filter(receipt -> receipt.result().equals(result))
                .count();
    }
}
