package io.freshet.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.freshet.server.metrics.ServerMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.Http1xOrH2CHandler;
import io.vertx.core.http.impl.HttpServerConnection;

/**
 * Limits the number of open connections, and has the heads of HTTP/1 requests checked. Thread-safe.
 *
 * <p>Handles the listening channel, because without TLS, Vert.x reports a connection only when it has received the
 * first bytes, which show whether the client speaks HTTP/1 or HTTP/2.
 */
@Sharable
public final class Connections extends ChannelInboundHandlerAdapter {
    /** The name that Vert.x gives to the decoder of HTTP/1; absent from HTTP/2 connections. */
    private static final String DECODER = "httpDecoder";

    private static final String HEAD_CHECK = "requestHeadCheck";

    private final ServerMetrics metrics;
    private final int maximum;
    private final boolean tls;
    private final RequestHeadCheck headCheck = new RequestHeadCheck();
    private final FirstBytes firstBytes = new FirstBytes();
    private final FirstDecoded firstDecoded = new FirstDecoded();
    private final Refusal refusal = new Refusal();

    /** @param maximum maximum number of open connections */
    public Connections(ServerMetrics metrics, int maximum, boolean tls) {
        this.metrics = metrics;
        this.maximum = maximum;
        this.tls = tls;
    }

    /** Counts a new connection, or refuses it. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        Channel channel = (Channel) accepted;
        boolean fits = metrics.connectionOpened() <= maximum;
        channel.closeFuture().addListener(closed -> metrics.connectionClosed());
        if (!fits) {
            metrics.rejected("connections");
            channel.pipeline().addFirst(refusal);
        } else if (!tls) {
            channel.pipeline().addFirst(firstBytes);
        }
        context.fireChannelRead(accepted);
    }

    /** Has the requests of a TLS connection checked, whose protocol is known before its first request. */
    public void accept(HttpConnection connection) {
        if (tls) {
            checkHeads(
                    ((HttpServerConnection) connection).channelHandlerContext().pipeline());
        }
    }

    private void checkHeads(ChannelPipeline pipeline) {
        if (pipeline.context(DECODER) != null) {
            pipeline.addAfter(DECODER, HEAD_CHECK, headCheck);
        }
    }

    /** Waits for the first bytes. By then, Vert.x has added its handler that recognizes HTTP/2. */
    @Sharable
    private final class FirstBytes extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            ChannelPipeline pipeline = context.pipeline();
            pipeline.addAfter(pipeline.context(Http1xOrH2CHandler.class).name(), null, firstDecoded);
            pipeline.remove(this);
            context.fireChannelRead(bytes);
        }
    }

    /** Waits until Vert.x has recognized the protocol, and added its decoder. */
    @Sharable
    private final class FirstDecoded extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            checkHeads(context.pipeline());
            context.pipeline().remove(this);
            context.fireChannelRead(bytes);
        }
    }

    /** Responds before there is a request, because clients that only connect must not exceed the limit either. */
    @Sharable
    private final class Refusal extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (tls) {
                context.close();
            } else {
                context.writeAndFlush(response()).addListener(ChannelFutureListener.CLOSE);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            ReferenceCountUtil.release(bytes);
        }

        private ByteBuf response() {
            String body = "{\"error\":\"open connections: " + maximum + " (expected: fewer; try again)\"}";
            return Unpooled.copiedBuffer(
                    "HTTP/1.1 503 Service Unavailable\r\nretry-after: " + ErrorResponses.RETRY_SECONDS
                            + "\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: "
                            + body.length() + "\r\n\r\n" + body,
                    ISO_8859_1);
        }
    }
}
