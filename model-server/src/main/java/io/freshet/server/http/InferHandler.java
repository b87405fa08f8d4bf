package io.freshet.server.http;

import io.freshet.learning.spec.ModelSpec;
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

/** Answers {@code POST .../infer}: small requests on the event loop; large ones, and those to a net, on a worker. */
final class InferHandler {
    /** A body that takes no longer than a millisecond or so, if each of its rows touches few parameters. */
    private static final int SMALL = 16 * 1024;
    /** Rows may have next to no bytes, but then as many predictions as any. */
    private static final int FEW_PREDICTIONS = 16;
    /** The code of requests whose client went away before the answer, as proxies have it. */
    private static final int CLIENT_GONE = 499;

    private static final String TICKET = Admission.Ticket.class.getName();
    private static final String TIMER = InferHandler.class.getName();

    private final ModelStore store;
    private final ServerMetrics metrics;
    private final InstantSource clock;
    private final Admission admission;
    private final Limits limits;
    private final InferRequestReader reader;
    private final InferResponseWriter writer = new InferResponseWriter();

    InferHandler(ModelStore store, ServerMetrics metrics, InstantSource clock, Limits limits) {
        this.store = store;
        this.metrics = metrics;
        this.clock = clock;
        admission = new Admission(metrics, limits.heldBytes());
        this.limits = limits;
        reader = new InferRequestReader(limits.rows());
    }

    /** Comes before the body is read: counts the request in and out, and turns it away if there is no room for it. */
    void begin(RoutingContext context) {
        long start = System.nanoTime();
        Admission.Ticket ticket = admission.enter();
        context.put(TICKET, ticket);
        long timer = context.vertx().setTimer(limits.bodyTime().toMillis(), late -> turnAwaySlow(context));
        context.put(TIMER, timer);
        context.addEndHandler(end -> {
            context.vertx().cancelTimer(timer);
            ticket.responded();
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

    /** A client that sends a byte now and then is never idle, and would keep its place for ever. */
    private void turnAwaySlow(RoutingContext context) {
        boolean ownConnection = context.request().version() != HttpVersion.HTTP_2;
        if (ownConnection) {
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        context.fail(RequestException.of(
                408, "body: not there after " + limits.bodyTime().toMillis() + " ms (expected: all of it)"));
        if (ownConnection) {
            context.request().connection().close();
        } else {
            context.response().reset();
        }
    }

    /** Comes after the body is read. */
    void answer(RoutingContext context) {
        context.vertx().cancelTimer(context.get(TIMER));
        if (context.response().ended()) {
            return;
        }
        Buffer given = context.body().buffer();
        Buffer body = given == null ? Buffer.buffer() : given;
        ServedModel model;
        try {
            model = VersionLookup.model(store, context.pathParam("model"));
        } catch (RequestException e) {
            context.fail(e.status(), e);
            return;
        }
        Admission.Ticket ticket = context.get(TICKET);
        ticket.work(body.length());
        String version = context.pathParam("version");
        Callable<byte[]> make = () -> answer(model, version, body);
        Future<byte[]> made = isSmall(model.spec().spec(), body.length())
                ? call(make)
                : context.vertx().executeBlocking(make, false);
        made.compose(answer -> send(context, ticket, answer)).onComplete(sent -> {
            if (sent.failed()) {
                context.fail(sent.cause());
            }
            ticket.leave();
        });
    }

    /** Whether to answer a body of so many bytes at once, on the event loop. */
    static boolean isSmall(ModelSpec spec, int bytes) {
        return bytes <= SMALL
                && spec.logitCount() <= FEW_PREDICTIONS
                && spec.model().isTable();
    }

    private byte[] answer(ServedModel model, @Nullable String version, Buffer body) throws RequestException {
        InferResponse answer = Inference.answer(model, version, reader.read(body));
        return writer.write(answer, clock.millis());
    }

    private static Future<Void> send(RoutingContext context, Admission.Ticket ticket, byte[] answer) {
        try {
            ticket.hold(answer.length);
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        return context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(Buffer.buffer(answer));
    }

    private static Future<byte[]> call(Callable<byte[]> make) {
        try {
            return Future.succeededFuture(make.call());
        } catch (Throwable e) {
            // As executeBlocking does: whatever it is, the request is to be answered and its ticket given back.
            return Future.failedFuture(e);
        }
    }

    /** Returns how large the body is or, if it does not say so, how large it can be. */
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
