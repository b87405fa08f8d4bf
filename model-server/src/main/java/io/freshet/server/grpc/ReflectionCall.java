package io.freshet.server.grpc;

import io.freshet.server.body.RequestException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import java.time.Duration;
import java.util.Set;

/**
 * One call of reflection: each message of the stream is answered by one. Used on the request's event loop.
 *
 * <p>Reads a message when the previous answer is sent, and ends the call if the next one is not complete in time.
 */
final class ReflectionCall {
    /** The messages of both versions are the same. */
    static final Set<String> PATHS = Set.of(
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo");

    /** Requests contain a name. */
    private static final int MAXIMUM_BYTES = 4 << 10;

    private final Reflection reflection;
    private final Vertx vertx;
    private final HttpServerRequest request;
    private final GrpcResponse response;
    private final GrpcReplies replies;
    private final Duration time;
    private Buffer received = Buffer.buffer();
    private long timer;
    private boolean answering;
    private boolean requestEnded;
    private boolean ended;

    /** @param time how long a message may take to arrive */
    ReflectionCall(Reflection reflection, Vertx vertx, HttpServerRequest request, GrpcReplies replies, Duration time) {
        this.reflection = reflection;
        this.vertx = vertx;
        this.request = request;
        this.replies = replies;
        this.time = time;
        response = replies.response(request);
    }

    void run() {
        startTimer();
        request.response().closeHandler(closed -> end()).exceptionHandler(reset -> end());
        request.exceptionHandler(reset -> end())
                .handler(chunk -> {
                    received = received.appendBuffer(chunk);
                    answer();
                })
                .endHandler(end -> {
                    requestEnded = true;
                    answer();
                });
    }

    /** Answers the messages received, each when the answer before it is sent. */
    private void answer() {
        int at = 0;
        try {
            while (!ended && !answering) {
                Buffer rest = received.slice(at, received.length());
                int length = GrpcMessage.firstLength(rest, MAXIMUM_BYTES);
                if (length < 0) {
                    requireMore(rest.length());
                    break;
                }
                answer(rest.slice(0, length));
                at += length;
            }
        } catch (RequestException e) {
            fail(e);
        }
        received = received.getBuffer(at, received.length());
    }

    private void answer(Buffer framed) throws RequestException {
        ServerReflectionRequest message = GrpcMessage.read(
                framed, request.getHeader("grpc-encoding"), MAXIMUM_BYTES, ServerReflectionRequest.parser());
        startTimer();
        Future<Void> sent = response.write(reflection.answer(message));
        if (!sent.isComplete()) {
            answering = true;
            vertx.cancelTimer(timer);
            request.pause();
            sent.onSuccess(written -> {
                answering = false;
                startTimer();
                request.resume();
                answer();
            });
        }
    }

    /** Ends the call if the request has ended; otherwise, the next message is not complete yet. */
    private void requireMore(int rest) throws RequestException {
        if (requestEnded && rest > 0) {
            throw RequestException.bad("message", "cut off", "as many bytes as its prefix states");
        }
        if (requestEnded) {
            end();
            response.end(GrpcStatus.OK, null);
        }
    }

    private void fail(RequestException failure) {
        end();
        replies.fail(request, response, failure);
    }

    private void startTimer() {
        vertx.cancelTimer(timer);
        timer = vertx.setTimer(
                time.toMillis(),
                late -> fail(RequestException.of(
                        408, "message: incomplete after " + time.toMillis() + " ms (expected: all of it)")));
    }

    private void end() {
        ended = true;
        vertx.cancelTimer(timer);
    }
}
