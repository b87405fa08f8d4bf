package io.freshet.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.freshet.server.metrics.ServerMetrics;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpServerConnection;
import org.jspecify.annotations.Nullable;

/** Limits the number of open connections; one too many gets a 503 and is closed. Thread-safe. */
public final class Connections {
    /** The name that Vert.x gives to the decoder of HTTP/1; absent from HTTP/2 connections. */
    private static final String DECODER = "httpDecoder";

    private final ServerMetrics metrics;
    private final int maximum;
    private final RequestHeadCheck headCheck = new RequestHeadCheck();

    /** @param maximum maximum number of open connections */
    public Connections(ServerMetrics metrics, int maximum) {
        this.metrics = metrics;
        this.maximum = maximum;
    }

    /** Counts a new connection, and has its requests checked or refuses it. */
    public void accept(HttpConnection connection) {
        boolean fits = metrics.connectionOpened() <= maximum;
        connection.closeHandler(closed -> metrics.connectionClosed());
        ChannelPipeline pipeline =
                ((HttpServerConnection) connection).channelHandlerContext().pipeline();
        ChannelHandlerContext decoder = pipeline.context(DECODER);
        if (!fits) {
            metrics.rejected("connections");
            refuse(pipeline.channel(), decoder);
        } else if (decoder != null) {
            pipeline.addAfter(DECODER, "requestHeadCheck", headCheck);
        }
    }

    /** Responds before there is a request, because clients that only connect must not exceed the limit either. */
    private void refuse(Channel channel, @Nullable ChannelHandlerContext decoder) {
        if (decoder == null) {
            channel.close();
            return;
        }
        String body = "{\"error\":\"open connections: " + maximum + " (expected: fewer; try again)\"}";
        String response = "HTTP/1.1 503 Service Unavailable\r\nretry-after: " + ErrorResponses.RETRY_SECONDS
                + "\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: " + body.length()
                + "\r\n\r\n" + body;
        // From the decoder, bytes bypass the encoder, which accepts only responses.
        decoder.writeAndFlush(Unpooled.copiedBuffer(response, ISO_8859_1)).addListener(ChannelFutureListener.CLOSE);
    }
}
