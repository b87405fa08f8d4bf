package io.freshet.server.serve;

import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.store.ModelStore;
import io.freshet.server.store.ServedModel;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Answers {@code POST .../infer}: small requests on the event loop; large ones, and those to a net, on a worker. */
final class InferHandler {
    /** A body that takes no longer than a millisecond or so, if each of its rows touches few parameters. */
    private static final int SMALL = 16 * 1024;
    /** Bodies are held in memory while they arrive. */
    private static final int MAXIMUM_IN_FLIGHT = 256;

    private final ModelStore store;
    private final ServerMetrics metrics;
    private final InstantSource clock;
    private final InferRequestReader reader;
    private final AnswerWriter writer = new AnswerWriter();

    InferHandler(ModelStore store, ServerMetrics metrics, InstantSource clock, int maximumRows) {
        this.store = store;
        this.metrics = metrics;
        this.clock = clock;
        reader = new InferRequestReader(maximumRows);
    }

    /** Comes before the body is read: counts the request in and out, and turns it away if there are too many. */
    void begin(RoutingContext context) {
        long start = System.nanoTime();
        int inFlight = metrics.begin();
        context.addEndHandler(end -> {
            metrics.end();
            metrics.request(
                    context.pathParam("model"),
                    context.response().getStatusCode(),
                    Duration.ofNanos(System.nanoTime() - start));
        });
        if (inFlight > MAXIMUM_IN_FLIGHT) {
            context.fail(RequestException.of(
                    503,
                    "requests in flight: " + inFlight + " (expected: up to " + MAXIMUM_IN_FLIGHT + "; try again)"));
            return;
        }
        String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
        if (type != null && !isJson(type)) {
            context.fail(
                    RequestException.of(415, "Content-Type: " + Shown.name(type) + " (expected: application/json)"));
            return;
        }
        context.next();
    }

    /** Comes after the body is read. */
    void answer(RoutingContext context) {
        Buffer body = context.body().buffer();
        byte[] bytes = body == null ? new byte[0] : body.getBytes();
        String version = context.pathParam("version");
        ServedModel model;
        try {
            model = Versions.model(store, context.pathParam("model"));
            if (bytes.length <= SMALL && model.spec().spec().model().isTable()) {
                send(context, answer(model, version, bytes));
                return;
            }
        } catch (RequestException e) {
            context.fail(e.status(), e);
            return;
        }
        context.vertx()
                .executeBlocking(() -> answer(model, version, bytes), false)
                .onSuccess(answer -> send(context, answer))
                .onFailure(context::fail);
    }

    private byte[] answer(ServedModel model, @Nullable String version, byte[] body) throws RequestException {
        Answer answer = Inference.answer(model, version, reader.read(body));
        return writer.write(answer, clock.millis());
    }

    private static void send(RoutingContext context, byte[] body) {
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .end(Buffer.buffer(body));
    }

    private static boolean isJson(String type) {
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return media.equals("application/json") || media.endsWith("+json");
    }
}
