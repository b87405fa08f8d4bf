package io.freshet.server.http;

import io.freshet.server.body.EncodedContent;
import io.freshet.server.body.Gzip;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.ResponseEnd;
import io.freshet.server.body.Responses;
import io.freshet.server.metrics.InferTimes;
import io.freshet.server.predict.Answered;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InferRequestReader;
import io.freshet.server.store.ServedModel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.Callable;

/** Handles requests to predict, in one format. */
public final class InferHandler {
    private final Vertx vertx;
    private final ServingContext serving;
    private final Responses responses;
    private final ErrorResponses errors;
    private final BodyReader bodies;
    private final InferFormat format;

    public InferHandler(
            Vertx vertx, ServingContext serving, InferFormat format, Responses responses, ErrorResponses errors) {
        this.vertx = vertx;
        this.responses = responses;
        this.errors = errors;
        this.serving = serving;
        this.format = format;
        bodies = new BodyReader(serving.limits());
    }

    public void infer(HttpServerRequest request, InferTarget target) {
        InferTimes times = new InferTimes();
        Admission.Ticket ticket = serving.admission().enter();
        ResponseEnd.of(request.response(), sent -> {
            ticket.responseEnded();
            serving.inference()
                    .ended(target.model(), sent ? request.response().getStatusCode() : Admission.CLIENT_GONE, times);
        });
        try {
            ContentHeaders.check(request);
        } catch (RequestException e) {
            errors.respond(request, e);
            return;
        }
        bodies.read(request, vertx, ticket)
                .compose(body -> respond(request, target, ticket, times, body))
                .onFailure(failure -> errors.respond(request, failure));
    }

    private Future<Void> respond(
            HttpServerRequest head, InferTarget target, Admission.Ticket ticket, InferTimes times, Buffer body) {
        times.received();
        boolean compressed = ContentHeaders.isCompressed(head);
        ServedModel model;
        try {
            model = serving.inference().model(target.model());
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        boolean acceptsGzip = EncodedContent.acceptsGzip(head);
        Callable<LoggedAnswer<Answer>> predict = () -> {
            times.queued();
            ticket.requireClient();
            Buffer content = compressed ? Gzip.decompress(body, serving.limits().bodyBytes()) : body;
            Answered answered = predict(head, model, target, content, times);
            times.inferred();
            InferFormat.Body written = format.write(answered.response());
            Answer answer = new Answer(EncodedContent.of(written.bytes(), acceptsGzip), written.jsonBytes());
            times.written();
            return new LoggedAnswer<>(answer, answer.content().bytes().length, answered.logged());
        };
        boolean small = !compressed && InferExecutor.isSmall(model.spec().spec(), body.length());
        return ticket.run(
                        compressed ? serving.limits().bodyBytes() : 0,
                        () -> serving.executor().run(small, predict).compose(answer -> answer.await(vertx, ticket)))
                .compose(answer -> send(head, answer));
    }

    /** @throws RequestException with a valid request as its example, if this one is not */
    private Answered predict(
            HttpServerRequest head, ServedModel model, InferTarget target, Buffer content, InferTimes times)
            throws RequestException {
        try {
            InferRequest request = format.read(head, model, target.version(), content);
            times.read();
            return serving.inference().predict(model, target.version(), request);
        } catch (RequestException e) {
            throw e.status() == 400 ? e.withExample(format.example(model, target.version())) : e;
        }
    }

    /** @param jsonBytes the size of the JSON at the start of the content, or -1 if there is nothing else */
    private record Answer(EncodedContent content, int jsonBytes) {}

    private Future<Void> send(HttpServerRequest request, Answer answer) {
        try {
            responses.requireRoom(request.connection(), answer.content().bytes().length);
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        HttpServerResponse response = request.response();
        boolean binary = answer.jsonBytes() >= 0;
        response.putHeader(HttpHeaders.CONTENT_TYPE, binary ? "application/octet-stream" : "application/json");
        if (binary) {
            response.putHeader(InferRequestReader.JSON_BYTES, Integer.toString(answer.jsonBytes()));
        }
        return answer.content().end(request, responses);
    }
}
