package io.freshet.server.http;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.metrics.ModelConditions;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.Inference;
import io.freshet.server.predict.VersionLookup;
import io.freshet.server.request.Excerpt;
import io.freshet.server.request.InferRequestReader;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ServedModel;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
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
    /** The status recorded if the client disconnects before the response, as in nginx. */
    private static final int CLIENT_GONE = 499;

    private static final String TICKET = Admission.Ticket.class.getName();
    private static final String TIMER = InferHandler.class.getName();

    private final ModelStore store;
    private final ServerMetrics metrics;
    private final InstantSource clock;
    private final Admission admission;
    private final Limits limits;
    private final InferRequestReader reader;
    private final InferResponseWriter writer;

    InferHandler(
            ModelStore store, ServerMetrics metrics, ModelConditions conditions, InstantSource clock, Limits limits) {
        writer = new InferResponseWriter(conditions);
        this.store = store;
        this.metrics = metrics;
        this.clock = clock;
        admission = new Admission(metrics, limits.heldBytes());
        this.limits = limits;
        reader = new InferRequestReader(limits.rows());
    }

    /** Runs before the body is read: counts the request, times it, and rejects it if it does not fit. */
    void begin(RoutingContext context) {
        long start = System.nanoTime();
        Admission.Ticket ticket = admission.enter();
        context.put(TICKET, ticket);
        long timer = context.vertx().setTimer(limits.bodyTime().toMillis(), late -> rejectSlow(context));
        context.put(TIMER, timer);
        context.addEndHandler(end -> {
            context.vertx().cancelTimer(timer);
            ticket.responseEnded();
            metrics.request(
                    context.pathParam("model"),
                    end.succeeded() ? context.response().getStatusCode() : CLIENT_GONE,
                    Duration.ofNanos(System.nanoTime() - start));
        });
        try {
            ticket.admit(bodyBytes(context.request()));
        } catch (RequestException e) {
            context.fail(e.status(), e);
            return;
        }
        String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (type != null && !isJson(type)) {
            context.fail(
                    RequestException.of(415, "Content-Type: " + Excerpt.name(type) + " (expected: application/json)"));
            return;
        }
        context.next();
    }

    /** Rejects a client that trickles its body: it never idles, and would hold its ticket forever. */
    private void rejectSlow(RoutingContext context) {
        boolean ownConnection = context.request().version() != HttpVersion.HTTP_2;
        if (ownConnection) {
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        context.fail(RequestException.of(
                408, "body: incomplete after " + limits.bodyTime().toMillis() + " ms (expected: the whole body)"));
        if (ownConnection) {
            context.request().connection().close();
        } else {
            context.response().reset();
        }
    }

    /** Runs after the body is read. */
    void infer(RoutingContext context) {
        context.vertx().cancelTimer(context.get(TIMER));
        if (context.response().ended()) {
            return;
        }
        Buffer received = context.body().buffer();
        Buffer body = received == null ? Buffer.buffer() : received;
        ServedModel model;
        try {
            model = VersionLookup.model(store, context.pathParam("model"));
        } catch (RequestException e) {
            context.fail(e.status(), e);
            return;
        }
        Admission.Ticket ticket = context.get(TICKET);
        ticket.bodyRead(body.length());
        String version = context.pathParam("version");
        Callable<byte[]> predict = () -> predict(model, version, body);
        Future<byte[]> response = isSmall(model.spec().spec(), body.length())
                ? call(predict)
                : context.vertx().executeBlocking(predict, false);
        response.compose(bytes -> send(context, ticket, bytes)).onComplete(sent -> {
            if (sent.failed()) {
                context.fail(sent.cause());
            }
            ticket.release();
        });
    }

    /** Returns whether to predict on the event loop, for a body of {@code bytes} bytes. */
    static boolean isSmall(ModelSpec spec, int bytes) {
        return bytes <= SMALL_BYTES
                && spec.logitCount() <= FEW_PREDICTIONS
                && spec.model().isTable();
    }

    private byte[] predict(ServedModel model, @Nullable String version, Buffer body) throws RequestException {
        InferResponse response = Inference.infer(model, version, reader.read(body));
        return writer.write(response, clock.millis());
    }

    private static Future<Void> send(RoutingContext context, Admission.Ticket ticket, byte[] body) {
        try {
            ticket.hold(body.length);
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        return context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(Buffer.buffer(body));
    }

    private static Future<byte[]> call(Callable<byte[]> predict) {
        try {
            return Future.succeededFuture(predict.call());
        } catch (Throwable e) {
            // Catches everything, as executeBlocking does: the request must get a response and release its ticket.
            return Future.failedFuture(e);
        }
    }

    /** Returns the declared size of the body, or the largest allowed size if none is declared. */
    private long bodyBytes(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null
                    ? limits.bodyBytes()
                    : Math.min(limits.bodyBytes(), Math.max(0, Long.parseLong(length)));
        } catch (NumberFormatException e) {
            return limits.bodyBytes();
        }
    }

    private static boolean isJson(String type) {
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return media.equals("application/json") || media.endsWith("+json");
    }
}
