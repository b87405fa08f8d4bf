package io.freshet.server.http;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.Inference;
import io.freshet.server.predict.VersionLookup;
import io.freshet.server.request.Gzip;
import io.freshet.server.request.InferRequestReader;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ServedModel;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Handles {@code POST .../infer}. Small requests run on the event loop; large ones, and requests to a neural network,
 * run on a worker.
 */
final class InferHandler {
    /** A body of this size takes about a millisecond if each of its rows reads few parameters. */
    private static final int SMALL_BYTES = 16 * 1024;
    /** Limits the logits per row: a small body can still ask for many outputs. */
    private static final int FEW_PREDICTIONS = 16;

    private final VersionLookup lookup;
    private final Inference inference;
    private final ServerMetrics metrics;
    private final WorkerExecutor workers;
    private final Admission admission;
    private final Limits limits;
    private final BodyReader bodies;
    private final InferRequestReader reader;
    private final InferResponseWriter writer;

    InferHandler(
            VersionLookup lookup, Inference inference, ServerMetrics metrics, WorkerExecutor workers, Limits limits) {
        this.lookup = lookup;
        this.inference = inference;
        writer = new InferResponseWriter();
        this.metrics = metrics;
        this.workers = workers;
        admission = new Admission(metrics, limits.heldBytes());
        this.limits = limits;
        bodies = new BodyReader(limits);
        reader = new InferRequestReader(limits.rows());
    }

    void infer(RoutingContext context) {
        long start = System.nanoTime();
        Admission.Ticket ticket = admission.enter();
        context.addEndHandler(end -> {
            ticket.responseEnded();
            metrics.request(
                    context.pathParam("model"),
                    end.succeeded() ? context.response().getStatusCode() : Admission.CLIENT_GONE,
                    Duration.ofNanos(System.nanoTime() - start));
        });
        try {
            ContentHeaders.check(context.request());
        } catch (RequestException e) {
            context.fail(e);
            return;
        }
        bodies.read(context, ticket)
                .compose(body -> respond(context, ticket, body))
                .onFailure(context::fail);
    }

    private Future<Void> respond(RoutingContext context, Admission.Ticket ticket, Buffer body) {
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
        String version = context.pathParam("version");
        boolean acceptsGzip = EncodedContent.acceptsGzip(context.request());
        Callable<EncodedContent> predict = () -> {
            ticket.requireClient();
            Buffer json = compressed ? Gzip.decompress(body, limits.bodyBytes()) : body;
            return EncodedContent.of(predict(model, version, json), acceptsGzip);
        };
        Future<EncodedContent> response = !compressed && isSmall(model.spec().spec(), body.length())
                ? call(predict)
                : workers.executeBlocking(predict, false);
        return response.compose(content -> send(context, ticket, content)).onComplete(sent -> ticket.release());
    }

    /** Returns whether to predict on the event loop, for a body of {@code bytes} bytes. */
    static boolean isSmall(ModelSpec spec, int bytes) {
        return bytes <= SMALL_BYTES
                && spec.logitCount() <= FEW_PREDICTIONS
                && spec.model().isTable();
    }

    private byte[] predict(ServedModel model, @Nullable String version, Buffer body) throws RequestException {
        InferResponse response = inference.infer(model, version, reader.read(body));
        return writer.write(response);
    }

    private static Future<Void> send(RoutingContext context, Admission.Ticket ticket, EncodedContent content) {
        try {
            ticket.hold(content.bytes().length);
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        return content.end(context.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json"));
    }

    private static <T> Future<T> call(Callable<T> predict) {
        try {
            return Future.succeededFuture(predict.call());
        } catch (Throwable e) {
            // Catches everything, as executeBlocking does: the request must get a response and release its ticket.
            return Future.failedFuture(e);
        }
    }
}
