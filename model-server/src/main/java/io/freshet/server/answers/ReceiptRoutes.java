package io.freshet.server.answers;

import io.freshet.server.body.Gzip;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.Responses;
import io.freshet.server.http.Admission;
import io.freshet.server.http.BodyReader;
import io.freshet.server.http.ContentHeaders;
import io.freshet.server.http.Limits;
import io.freshet.server.predict.VersionLookup;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Handles requests whose rows a topic receives, and responds once the broker has acknowledged them. The number of requests that
 * wait for it, their bytes, and their time are limited, apart from those of predictions.
 */
public final class ReceiptRoutes {
    private static final int MAXIMUM_IN_FLIGHT = 64;
    private static final int MAXIMUM_HELD_BYTES = 32 << 20;

    private final @Nullable ReceiptTopic topic;
    private final RowsFormat format;
    private final VersionLookup lookup;
    private final WorkerExecutor workers;
    private final Admission admission;
    private final Limits limits;
    private final BodyReader bodies;
    private final Responses responses;

    /**
     * @param topic null if the server accepts no rows
     * @param workers may wait for a broker
     */
    public ReceiptRoutes(
            @Nullable ReceiptTopic topic,
            RowsFormat format,
            VersionLookup lookup,
            WorkerExecutor workers,
            Responses responses,
            Limits limits) {
        this.topic = topic;
        this.format = format;
        this.lookup = lookup;
        this.workers = workers;
        this.responses = responses;
        admission =
                new Admission(format.requests(), MAXIMUM_IN_FLIGHT, Math.max(MAXIMUM_HELD_BYTES, limits.bodyBytes()));
        this.limits = limits;
        bodies = new BodyReader(limits);
        if (topic != null) {
            Receipt.RESULTS.forEach(result -> format.count(result, 0));
        }
    }

    /** Returns what limits the requests. */
    public Admission admission() {
        return admission;
    }

    public void mount(Router router) {
        router.post("/v2/models/:model/" + format.name()).handler(this::receive);
    }

    private void receive(RoutingContext context) {
        Admission.Ticket ticket = admission.enter();
        context.addEndHandler(end -> ticket.responseEnded());
        ReceiptTopic enabled = topic;
        try {
            if (enabled == null) {
                throw RequestException.notFound(
                        format.name() + ": disabled (expected: a server started with --" + format.name() + ")");
            }
            ContentHeaders.check(context.request());
        } catch (RequestException e) {
            context.fail(e);
            return;
        }
        bodies.read(context.request(), context.vertx(), ticket)
                .compose(body -> write(context, ticket, body, enabled))
                .onFailure(context::fail);
    }

    private Future<Void> write(RoutingContext context, Admission.Ticket ticket, Buffer body, ReceiptTopic to) {
        boolean compressed = ContentHeaders.isCompressed(context.request());
        ServedModel model;
        try {
            model = lookup.known(context.pathParam("model"));
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        Supplier<Future<Finished>> write = () -> workers.executeBlocking(
                        () -> {
                            ticket.requireClient();
                            Buffer content = compressed ? Gzip.decompress(body, limits.bodyBytes()) : body;
                            RowsToSend rows = format.read(model, content);
                            return new Written(rows.id(), to.write(rows, ticket::isAbandoned));
                        },
                        false)
                .compose(written -> Future.fromCompletionStage(
                                written.receipts, context.vertx().getOrCreateContext())
                        .map(receipts -> new Finished(written.id, receipts)))
                .onSuccess(this::count);
        // Holds the bytes until the rows have left the memory, even if the client has its response by then.
        return ticket.run(compressed ? limits.bodyBytes() : 0, write)
                .timeout(to.deadline().toMillis(), TimeUnit.MILLISECONDS)
                .recover(failure -> Future.failedFuture(failure instanceof TimeoutException ? late(to) : failure))
                .compose(done -> send(context, response(model, to, done.id, done.receipts), done.receipts));
    }

    private static RequestException late(ReceiptTopic topic) {
        return RequestException.of(
                503,
                "topic " + topic.name() + ": not acknowledged within "
                        + topic.deadline().toSeconds()
                        + " s (expected: a broker that answers; it may have the rows or not)");
    }

    /** @param id of the request, or null */
    private record Written(@Nullable String id, CompletableFuture<List<Receipt>> receipts) {}

    private record Finished(@Nullable String id, List<Receipt> receipts) {}

    private void count(Finished finished) {
        for (String result : Receipt.RESULTS) {
            format.count(result, count(finished.receipts, result));
        }
    }

    private static JsonObject response(
            ServedModel model, ReceiptTopic topic, @Nullable String id, List<Receipt> receipts) {
        JsonObject response = new JsonObject().put("model_name", model.name());
        if (id != null) {
            response.put("id", id);
        }
        return response.put("parameters", new JsonObject().put("topic", topic.name()))
                .put("outputs", Receipt.outputs(receipts));
    }

    private Future<Void> send(RoutingContext context, JsonObject response, List<Receipt> receipts) {
        int status = status(receipts);
        if (status == 503) {
            context.response().putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(Responses.RETRY_SECONDS));
        }
        context.response().setStatusCode(status);
        return responses.json(context.request(), response);
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
