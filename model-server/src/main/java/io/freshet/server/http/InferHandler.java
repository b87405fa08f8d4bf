package io.freshet.server.http;

import io.freshet.server.predict.RawBody;
import io.freshet.server.request.Gzip;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InferRequestReader;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ServedModel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Handles {@code POST .../infer}. */
public final class InferHandler {
    private final Vertx vertx;
    private final ServingContext serving;
    private final ErrorResponses errors;
    private final BodyReader bodies;
    private final InferRequestReader reader;
    private final InferResponseWriter writer = new InferResponseWriter();

    public InferHandler(Vertx vertx, ServingContext serving, ErrorResponses errors) {
        this.vertx = vertx;
        this.errors = errors;
        this.serving = serving;
        bodies = new BodyReader(serving.limits());
        reader = new InferRequestReader(serving.limits().rows());
    }

    public void infer(HttpServerRequest request, InferTarget target) {
        long start = System.nanoTime();
        Admission.Ticket ticket = serving.admission().enter();
        ResponseEnd.of(request.response(), sent -> {
            ticket.responseEnded();
            serving.metrics()
                    .request(
                            target.model(),
                            sent ? request.response().getStatusCode() : Admission.CLIENT_GONE,
                            Duration.ofNanos(System.nanoTime() - start));
        });
        try {
            ContentHeaders.check(request);
        } catch (RequestException e) {
            errors.respond(request, e);
            return;
        }
        bodies.read(request, vertx, ticket)
                .compose(body -> respond(request, target, ticket, body))
                .onFailure(failure -> errors.respond(request, failure));
    }

    private Future<Void> respond(HttpServerRequest head, InferTarget target, Admission.Ticket ticket, Buffer body) {
        boolean compressed = ContentHeaders.isCompressed(head);
        ServedModel model;
        try {
            model = serving.lookup().model(target.model());
            if (compressed) {
                ticket.hold(serving.limits().bodyBytes());
            }
            ticket.begin();
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        boolean acceptsGzip = EncodedContent.acceptsGzip(head);
        Callable<Answer> predict = () -> {
            ticket.requireClient();
            Buffer content = compressed ? Gzip.decompress(body, serving.limits().bodyBytes()) : body;
            int jsonBytes = ContentHeaders.jsonBytes(head, content.length());
            InferRequest request = jsonBytes == 0 && content.length() > 0
                    ? RawBody.request(model.spec(), content, serving.limits().rows())
                    : reader.read(content, jsonBytes);
            InferResponseWriter.Body written = writer.write(serving.predict(model, target.version(), request));
            return new Answer(EncodedContent.of(written.bytes(), acceptsGzip), written.jsonBytes());
        };
        boolean small = !compressed && InferExecutor.isSmall(model.spec().spec(), body.length());
        return serving.executor()
                .run(small, predict)
                .compose(answer -> send(head.response(), ticket, answer))
                .onComplete(sent -> ticket.release());
    }

    /** @param jsonBytes the size of the JSON at the start of the content, or -1 if there is nothing else */
    private record Answer(EncodedContent content, int jsonBytes) {}

    private static Future<Void> send(HttpServerResponse response, Admission.Ticket ticket, Answer answer) {
        try {
            ticket.hold(answer.content().bytes().length);
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        boolean binary = answer.jsonBytes() >= 0;
        response.putHeader(HttpHeaders.CONTENT_TYPE, binary ? "application/octet-stream" : "application/json");
        if (binary) {
            response.putHeader(InferRequestReader.JSON_BYTES, Integer.toString(answer.jsonBytes()));
        }
        return answer.content().end(response);
    }
}
