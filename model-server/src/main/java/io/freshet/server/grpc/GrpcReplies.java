package io.freshet.server.grpc;

import com.google.protobuf.MessageLite;
import io.freshet.server.http.ErrorResponses;
import io.freshet.server.request.RequestException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Responds to unary calls with a message, or with the status and message of an error, which it counts. */
final class GrpcReplies {
    private static final Logger log = LoggerFactory.getLogger(GrpcReplies.class);
    private static final String CONTENT_TYPE = "application/grpc";
    private static final String STATUS = "grpc-status";
    /** The error code of HTTP/2 for a stream that ends early for no fault of the client. */
    private static final long NO_ERROR = 0;

    private final ErrorResponses errors;

    GrpcReplies(ErrorResponses errors) {
        this.errors = errors;
    }

    static Future<Void> send(HttpServerResponse response, MessageLite message) {
        return send(response, GrpcMessage.write(message));
    }

    /** @param body a message in its frame */
    static Future<Void> send(HttpServerResponse response, Buffer body) {
        return response.putHeader(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE)
                .putTrailer(STATUS, Integer.toString(GrpcStatus.OK.code))
                .end(body);
    }

    /** Returns the status of HTTP that REST would respond with. */
    static int httpStatus(Throwable failure) {
        return failure instanceof RequestException rejected ? rejected.status() : 500;
    }

    /** Responds to a failed call, unless the client is gone. */
    void fail(HttpServerRequest request, Throwable failure) {
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        int status = httpStatus(failure);
        if (status == 500) {
            log.error("{}", request.path(), failure);
        }
        errors.count(status);
        String message = status == 500 ? ErrorResponses.INTERNAL : String.valueOf(failure.getMessage());
        response.putHeader(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE)
                .putHeader(STATUS, Integer.toString(status(status).code))
                .putHeader("grpc-message", percentEncoded(message));
        if (status == 501) {
            response.putHeader("grpc-accept-encoding", "identity,gzip");
        }
        Future<Void> sent = response.end();
        if (!request.isEnded()) {
            request.handler(discarded -> {});
            sent.onSuccess(done -> response.reset(NO_ERROR));
        }
    }

    /** Returns the status of gRPC for a status of HTTP. */
    static GrpcStatus status(int status) {
        return switch (status) {
            case 401 -> GrpcStatus.UNAUTHENTICATED;
            case 403 -> GrpcStatus.PERMISSION_DENIED;
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
