package io.freshet.server.grpc;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.Responses;
import io.freshet.server.http.Admission;
import io.freshet.server.http.ErrorResponses;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Responds to failed calls with the status and message of an error, which it counts. */
final class GrpcReplies {
    private static final Logger log = LoggerFactory.getLogger(GrpcReplies.class);
    /** The error code of HTTP/2 for a stream that ends early for no fault of the client. */
    private static final long NO_ERROR = 0;

    private final Responses responses;
    private final ErrorResponses errors;

    GrpcReplies(Responses responses, ErrorResponses errors) {
        this.responses = responses;
        this.errors = errors;
    }

    /** Returns the response of a call that succeeds. */
    GrpcResponse response(HttpServerRequest request) {
        return new GrpcResponse(request, responses);
    }

    /** @throws RequestException 503 if the connection has too many unread bytes for a response of {@code bytes} */
    void requireRoom(HttpServerRequest request, long bytes) throws RequestException {
        responses.requireRoom(request.connection(), bytes);
    }

    /** Returns the status of HTTP that REST would respond with. */
    static int httpStatus(Throwable failure) {
        return failure instanceof RequestException rejected ? rejected.status() : 500;
    }

    /** Ends a response that may have started with the status of a failure. */
    void fail(HttpServerRequest request, GrpcResponse response, Throwable failure) {
        if (response.isStarted()) {
            int status = count(request, failure);
            response.end(status(status), message(status, failure));
            stop(request);
        } else {
            fail(request, failure);
        }
    }

    /** Responds to a failed call, unless the client is gone. */
    void fail(HttpServerRequest request, Throwable failure) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed() || httpStatus(failure) == Admission.CLIENT_GONE) {
            return;
        }
        int status = count(request, failure);
        response.putHeader(HttpHeaders.CONTENT_TYPE, GrpcResponse.CONTENT_TYPE)
                .putHeader(GrpcResponse.STATUS, Integer.toString(status(status).code))
                .putHeader(GrpcResponse.MESSAGE, message(status, failure));
        if (status == 501) {
            response.putHeader("grpc-accept-encoding", "identity,gzip");
        }
        responses.end(request).onSuccess(sent -> stop(request));
    }

    /** Asks the client of a call that has ended to send no more. */
    private static void stop(HttpServerRequest request) {
        if (!request.isEnded()) {
            request.handler(discarded -> {});
            request.response().reset(NO_ERROR);
        }
    }

    private int count(HttpServerRequest request, Throwable failure) {
        int status = httpStatus(failure);
        if (status == 500) {
            log.error("{}", request.path(), failure);
        }
        errors.count(status);
        return status;
    }

    private static String message(int status, Throwable failure) {
        return percentEncoded(status == 500 ? ErrorResponses.INTERNAL : String.valueOf(failure.getMessage()));
    }

    /** Returns the status of gRPC for a status of HTTP. */
    static GrpcStatus status(int status) {
        return switch (status) {
            case 401 -> GrpcStatus.UNAUTHENTICATED;
            case 403, 421 -> GrpcStatus.PERMISSION_DENIED;
            case 404 -> GrpcStatus.NOT_FOUND;
            case 408 -> GrpcStatus.DEADLINE_EXCEEDED;
            case 413 -> GrpcStatus.RESOURCE_EXHAUSTED;
            case 500 -> GrpcStatus.INTERNAL;
            case 501 -> GrpcStatus.UNIMPLEMENTED;
            case 503 -> GrpcStatus.UNAVAILABLE;
            default -> GrpcStatus.INVALID_ARGUMENT;
        };
    }

    /** Encodes what is not printable ASCII, as gRPC requires. */
    private static String percentEncoded(String message) {
        StringBuilder encoded = new StringBuilder(message.length());
        for (byte each : message.getBytes(StandardCharsets.UTF_8)) {
            if (each >= ' ' && each <= '~' && each != '%') {
                encoded.append((char) each);
            } else {
                encoded.append(String.format("%%%02X", each));
            }
        }
        return encoded.toString();
    }
}
