package io.freshet.server.grpc;

import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.http.Admission;
import io.freshet.server.http.BodyReader;
import io.freshet.server.http.InferExecutor;
import io.freshet.server.http.ServingContext;
import io.freshet.server.metrics.InferTimes;
import io.freshet.server.metrics.ServerMetrics;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.RequestException;
import io.freshet.server.store.ServedModel;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** One call of {@code ModelInfer}, with the limits and metrics of REST. Used on the request's event loop, except where it predicts. */
final class InferCall {
    private final ServingContext serving;
    private final HttpServerRequest request;
    private final GrpcReplies replies;
    private final Admission.Ticket ticket;
    private final InferTimes times = new InferTimes();
    /** The status that REST would have. */
    private int status = Admission.CLIENT_GONE;

    private String model = ServerMetrics.UNKNOWN;
    private boolean ended;

    InferCall(ServingContext serving, HttpServerRequest request, GrpcReplies replies) {
        this.serving = serving;
        this.request = request;
        this.replies = replies;
        ticket = serving.admission().enter();
    }

    void run(Vertx vertx) {
        request.response()
                .endHandler(sent -> end())
                .exceptionHandler(reset -> end())
                .closeHandler(closed -> end());
        new BodyReader(serving.limits())
                .read(request, vertx, ticket)
                .compose(this::respond)
                .onFailure(this::fail);
    }

    private Future<Void> respond(Buffer body) {
        times.received();
        int maximumBytes = serving.limits().bodyBytes();
        boolean compressed = GrpcMessage.isCompressed(body);
        try {
            if (compressed) {
                ticket.hold(maximumBytes);
            }
            ticket.begin();
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        String encoding = request.getHeader("grpc-encoding");
        boolean small = !compressed && InferExecutor.isSmall(body.length());
        return serving.executor()
                .run(small, () -> {
                    times.queued();
                    ModelInferRequest message =
                            GrpcMessage.read(body, encoding, maximumBytes, ModelInferRequest.parser());
                    times.read();
                    return message;
                })
                .compose(message -> predict(message, small ? body.length() : Integer.MAX_VALUE))
                .onComplete(done -> ticket.release())
                .compose(this::send);
    }

    private Future<byte[]> predict(ModelInferRequest message, int bytes) {
        model = message.getModelName();
        ServedModel served;
        try {
            served = serving.lookup().model(model);
        } catch (RequestException e) {
            return Future.failedFuture(e);
        }
        return serving.executor()
                .run(InferExecutor.isSmall(served.spec().spec(), bytes), () -> answer(served, message));
    }

    private byte[] answer(ServedModel served, ModelInferRequest message) throws RequestException {
        times.queued();
        ticket.requireClient();
        InferRequest read = RequestMessages.read(message, serving.limits().rows());
        times.read();
        InferResponse response = serving.predict(served, ProtocolCalls.optional(message.getModelVersion()), read);
        times.inferred();
        byte[] written = GrpcMessage.write(ResponseMessages.write(response, message.getRawInputContentsCount() > 0));
        times.written();
        return written;
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

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        ticket.responseEnded();
        serving.metrics().request(model, status, times);
    }
}
