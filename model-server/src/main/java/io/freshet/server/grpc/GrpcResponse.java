package io.freshet.server.grpc;

import com.google.protobuf.MessageLite;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.Responses;
import io.freshet.server.http.Admission;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.grpc.common.GrpcStatus;
import org.jspecify.annotations.Nullable;

/**
 * The head, messages, and trailers of a response. Used on the request's event loop.
 *
 * <p>Passes them to Netty. If Vert.x has queued trailers when the client resets the stream, it throws an exception,
 * which is logged as an error.
 */
final class GrpcResponse {
    static final String CONTENT_TYPE = "application/grpc";
    static final String STATUS = "grpc-status";
    static final String MESSAGE = "grpc-message";

    private final ChannelHandlerContext context;
    private final Http2ConnectionHandler handler;
    private final Http2ConnectionEncoder encoder;
    private final int stream;
    private final HttpConnection connection;
    private final Responses responses;
    private boolean started;

    GrpcResponse(HttpServerRequest request, Responses responses) {
        connection = request.connection();
        this.responses = responses;
        context = ((HttpServerConnection) request.connection()).channelHandlerContext();
        handler = (Http2ConnectionHandler) context.handler();
        encoder = handler.encoder();
        stream = request.response().streamId();
    }

    /** Returns whether a message has been sent. */
    boolean isStarted() {
        return started;
    }

    /** Adds a message; completes when it is sent, or fails because the client is gone. */
    Future<Void> write(MessageLite message) {
        byte[] framed = GrpcMessage.write(message);
        return flush(framed.length, add(framed));
    }

    /** Ends the response with a status, and the percent-encoded description of an error. */
    void end(GrpcStatus status, @Nullable String message) {
        addTrailers(status, message);
        handler.flush(context);
    }

    /**
     * Responds with one message.
     *
     * @param framed the message with its prefix
     * @return completes when it is sent, or fails because the client is gone
     */
    Future<Void> send(byte[] framed) {
        Future<Void> sent = add(framed);
        addTrailers(GrpcStatus.OK, null);
        return flush(framed.length, sent);
    }

    /** Most messages are then sent, and need not be followed. */
    private Future<Void> flush(long bytes, Future<Void> sent) {
        handler.flush(context);
        return responses.follow(connection, bytes, sent);
    }

    private Future<Void> add(byte[] framed) {
        if (isClosed()) {
            return Future.failedFuture(clientGone());
        }
        start();
        Promise<Void> sent = Promise.promise();
        ChannelPromise promise = context.newPromise();
        promise.addListener(done -> {
            if (done.isSuccess()) {
                sent.complete();
            } else {
                sent.fail(clientGone());
            }
        });
        ByteBuf data = Unpooled.wrappedBuffer(framed);
        encoder.writeData(context, stream, data, 0, false, promise);
        return sent.future();
    }

    private void start() {
        if (!started) {
            started = true;
            Http2Headers head = new DefaultHttp2Headers().status("200").set("content-type", CONTENT_TYPE);
            encoder.writeHeaders(context, stream, head, 0, false, context.newPromise());
        }
    }

    private void addTrailers(GrpcStatus status, @Nullable String message) {
        if (isClosed()) {
            return;
        }
        start();
        Http2Headers trailers = new DefaultHttp2Headers().set(STATUS, Integer.toString(status.code));
        if (message != null) {
            trailers.set(MESSAGE, message);
        }
        encoder.writeHeaders(context, stream, trailers, 0, true, context.newPromise());
    }

    private static RequestException clientGone() {
        return RequestException.of(Admission.CLIENT_GONE, "the client disconnected");
    }

    private boolean isClosed() {
        return encoder.connection().stream(stream) == null;
    }
}
