package io.freshet.server.http;

import io.freshet.server.predict.RawBody;
import io.freshet.server.request.Gzip;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InferRequestReader;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ServedModel;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.Callable;

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
        Callable<Answer> predict = () -> {
            ticket.requireClient();
            Buffer content = compressed ? Gzip.decompress(body, serving.limits().bodyBytes()) : body;
            int jsonBytes = ContentHeaders.jsonBytes(context.request(), content.length());
            InferRequest request = jsonBytes == 0 && content.length() > 0
                    ? RawBody.request(model.spec(), content, serving.limits().rows())
                    : reader.read(content, jsonBytes);
            InferResponseWriter.Body written = writer.write(serving.predict(model, version, request));
            return new Answer(EncodedContent.of(written.bytes(), acceptsGzip), written.jsonBytes());
        };
        boolean small = !compressed && InferExecutor.isSmall(model.spec().spec(), body.length());
        return serving.executor()
                .run(small, predict)
                .compose(answer -> send(context, ticket, answer))
                .onComplete(sent -> ticket.release());
    }

    /** @param jsonBytes the size of the JSON at the start of the content, or -1 if there is nothing else */
    private record Answer(EncodedContent content, int jsonBytes) {}

    private static Future<Void> send(RoutingContext context, Admission.Ticket ticket, Answer answer) {
        try {
            ticket.hold(answer.content().bytes().length);
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        boolean binary = answer.jsonBytes() >= 0;
        HttpServerResponse response = context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, binary ? "application/octet-stream" : "application/json");
        if (binary) {
            response.putHeader(InferRequestReader.JSON_BYTES, Integer.toString(answer.jsonBytes()));
        }
        return answer.content().end(response);
    }
}
