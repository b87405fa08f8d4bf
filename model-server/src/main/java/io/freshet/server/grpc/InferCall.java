package io.freshet.server.grpc;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.ResponseEnd;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.http.Admission;
import io.freshet.server.http.BodyReader;
import io.freshet.server.http.InferExecutor;
import io.freshet.server.http.LoggedAnswer;
import io.freshet.server.http.ServingContext;
import io.freshet.server.metrics.InferTimes;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.predict.Answered;
import io.freshet.server.request.InferRequest;
import io.freshet.server.store.ServedModel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/** One call of {@code ModelInfer}, with the limits and metrics of REST. Used on the request's event loop, except where it predicts. */
final class InferCall {
    private final ServingContext serving;
    private final HttpServerRequest request;
    private final GrpcReplies replies;
    private final Admission.Ticket ticket;
    private final InferTimes times = new InferTimes();
    /** The status that REST would have. */
    private int status = Admission.CLIENT_GONE;

    /** Written by a worker. */
    private volatile String model = ServerMetrics.UNKNOWN;

    InferCall(ServingContext serving, HttpServerRequest request, GrpcReplies replies) {
        this.serving = serving;
        this.request = request;
        this.replies = replies;
        ticket = serving.admission().enter();
    }

    void run(Vertx vertx) {
        ResponseEnd.of(request.response(), sent -> {
            ticket.responseEnded();
            serving.inference().ended(model, status, times);
        });
        new BodyReader(serving.limits())
                .read(request, vertx, ticket)
                .compose(body -> respond(vertx, body))
                .onFailure(this::fail);
    }

    private Future<Void> respond(Vertx vertx, Buffer body) {
        times.received();
        boolean compressed = GrpcMessage.isCompressed(body);
        String encoding = request.getHeader("grpc-encoding");
        boolean small = !compressed && InferExecutor.isSmall(body.length());
        return ticket.run(
                        compressed ? serving.limits().bodyBytes() : 0,
                        () -> (small ? answerSmall(body, encoding) : answerLarge(body, encoding))
                                .compose(answer -> answer.await(vertx, ticket)))
                .compose(this::send);
    }

    private Future<LoggedAnswer<byte[]>> answerSmall(Buffer body, @Nullable String encoding) {
        InferExecutor executor = serving.executor();
        return executor.run(true, () -> parse(body, encoding))
                .compose(call -> executor.run(
                        InferExecutor.isSmall(call.model().spec().spec(), body.length()), () -> answer(call)));
    }

    /**
     * Parses and predicts in one go. A parsed message may take many times the bytes of its body, so one that waits for a
     * worker is not parsed.
     */
    private Future<LoggedAnswer<byte[]>> answerLarge(Buffer body, @Nullable String encoding) {
        return serving.executor().run(false, () -> answer(parse(body, encoding)));
    }

    private record ParsedCall(ServedModel model, ModelInferRequest message) {}

    private ParsedCall parse(Buffer body, @Nullable String encoding) throws RequestException {
        times.queued();
        ticket.requireClient();
        ModelInferRequest message =
                GrpcMessage.read(body, encoding, serving.limits().bodyBytes(), ModelInferRequest.parser());
        times.read();
        model = message.getModelName();
        return new ParsedCall(serving.inference().model(model), message);
    }

    private LoggedAnswer<byte[]> answer(ParsedCall call) throws RequestException {
        times.queued();
        ticket.requireClient();
        ModelInferRequest message = call.message();
        InferRequest read = RequestMessages.read(message, serving.limits().rows());
        times.read();
        Answered answered =
                serving.inference().predict(call.model(), ProtocolCalls.optional(message.getModelVersion()), read);
        times.inferred();
        byte[] written =
                GrpcMessage.write(ResponseMessages.write(answered.response(), message.getRawInputContentsCount() > 0));
        times.written();
        return new LoggedAnswer<>(written, written.length, answered.logged());
    }

    private Future<Void> send(byte[] body) {
        try {
            replies.requireRoom(request, body.length);
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        status = 200;
        return replies.response(request).send(body);
    }

    private void fail(Throwable failure) {
        if (!request.response().closed()) {
            status = GrpcReplies.httpStatus(failure);
        }
        replies.fail(request, failure);
    }
}
