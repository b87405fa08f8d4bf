package io.freshet.server.http;

import io.freshet.server.request.Gzip;
import io.freshet.server.request.InferRequestReader;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ServedModel;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Handles {@code POST .../infer}. */
final class InferHandler {
    private final ServingContext serving;
    private final BodyReader bodies;
    private final InferRequestReader reader;
    private final InferResponseWriter writer = new InferResponseWriter();

    InferHandler(ServingContext serving) {
        this.serving = serving;
        bodies = new BodyReader(serving.limits());
        reader = new InferRequestReader(serving.limits().rows());
    }

    void infer(RoutingContext context) {
        long start = System.nanoTime();
        Admission.Ticket ticket = serving.admission().enter();
        context.addEndHandler(end -> {
            ticket.responseEnded();
            serving.metrics()
                    .request(
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
        bodies.read(context.request(), context.vertx(), ticket)
                .compose(body -> respond(context, ticket, body))
                .onFailure(context::fail);
    }

    private Future<Void> respond(RoutingContext context, Admission.Ticket ticket, Buffer body) {
        boolean compressed = ContentHeaders.isCompressed(context.request());
        ServedModel model;
        try {
            model = serving.lookup().model(context.pathParam("model"));
            if (compressed) {
                ticket.hold(serving.limits().bodyBytes());
            }
            ticket.begin();
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        String version = context.pathParam("version");
        boolean acceptsGzip = EncodedContent.acceptsGzip(context.request());
        Callable<EncodedContent> predict = () -> {
            ticket.requireClient();
            Buffer json = compressed ? Gzip.decompress(body, serving.limits().bodyBytes()) : body;
            return EncodedContent.of(predict(model, version, json), acceptsGzip);
        };
        boolean small = !compressed && InferExecutor.isSmall(model.spec().spec(), body.length());
        return serving.executor()
                .run(small, predict)
                .compose(content -> send(context, ticket, content))
                .onComplete(sent -> ticket.release());
    }

    private byte[] predict(ServedModel model, @Nullable String version, Buffer body) throws RequestException {
        return writer.write(serving.inference().infer(model, version, reader.read(body)));
    }

    private static Future<Void> send(RoutingContext context, Admission.Ticket ticket, EncodedContent content) {
        try {
            ticket.hold(content.bytes().length);
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        return content.end(context.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json"));
    }
}
