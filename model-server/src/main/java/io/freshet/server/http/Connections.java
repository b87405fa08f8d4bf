package io.freshet.server.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.freshet.server.body.Responses;
import io.freshet.server.metrics.ServerMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.Http1xOrH2CHandler;
import io.vertx.core.http.impl.HttpServerConnection;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits the number of open connections and the time of request heads and frames, and has the heads of HTTP/1 requests checked.
 * Thread-safe.
 *
 * <p>Handles the listening channel, because without TLS, Vert.x reports a connection only when it has received the
 * first bytes, which show whether the client speaks HTTP/1 or HTTP/2.
 */
@Sharable
public final class Connections extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(Connections.class);

    /** The name that Vert.x gives to the decoder of HTTP/1; absent from HTTP/2 connections. */
    private static final String DECODER = "httpDecoder";

    private static final String HEAD_CHECK = "requestHeadCheck";
    private static final String DEADLINE = "headDeadline";

    private final ServerMetrics metrics;
    private final ConnectionLimits limits;
    private final boolean tls;
    private final AtomicInteger open = new AtomicInteger();
    private final FirstBytes firstBytes = new FirstBytes();
    private final FirstDecoded firstDecoded = new FirstDecoded();
    private final Refusal refusal = new Refusal();
    private final Resets resets = new Resets();

    public Connections(ServerMetrics metrics, ConnectionLimits limits, boolean tls) {
        this.metrics = metrics;
        this.limits = limits;
        this.tls = tls;
        metrics.gauge("freshet.connections", "Open connections", open::get);
    }

    /** Counts a new connection, or refuses it. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        Channel channel = (Channel) accepted;
        boolean fits = open.incrementAndGet() <= limits.open();
        channel.closeFuture().addListener(closed -> open.decrementAndGet());
        if (!fits) {
            metrics.rejected("connections");
            channel.pipeline().addFirst(refusal);
        } else {
            channel.pipeline().addFirst(firstBytes);
            channel.pipeline().addFirst(resets);
        }
        context.fireChannelRead(accepted);
    }

    /** Sets the limits that Vert.x enforces. */
    public HttpServerOptions limit(HttpServerOptions http) {
        return limits.set(http);
    }

    /** Called before the first request of HTTP/1, and after the preface of HTTP/2. */
    public void accept(HttpConnection connection) {
        ChannelPipeline pipeline =
                ((HttpServerConnection) connection).channelHandlerContext().pipeline();
        if (pipeline.context(DECODER) == null) {
            pipeline.remove(DEADLINE);
            // Netty only does so when the client acknowledges the settings, which it need not.
            pipeline.get(Http2ConnectionHandler.class)
                    .connection()
                    .remote()
                    .maxActiveStreams(ConnectionLimits.MAXIMUM_STREAMS);
        } else if (tls) {
            checkHeads(pipeline);
        }
    }

    private void checkHeads(ChannelPipeline pipeline) {
        pipeline.replace(DECODER, DECODER, new RequestDecoder(limits));
        pipeline.addAfter(DECODER, HEAD_CHECK, new RequestHeadCheck((HeadDeadline) pipeline.get(DEADLINE)));
    }

    /** Waits for the first bytes. By then, Vert.x has added its handlers of TLS, or the one that recognizes HTTP/2. */
    @Sharable
    private final class FirstBytes extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            ChannelPipeline pipeline = context.pipeline();
            HeadDeadline deadline = new HeadDeadline(limits.requestTime());
            if (tls) {
                pipeline.addAfter(pipeline.context(SslHandler.class).name(), DEADLINE, deadline);
            } else {
                pipeline.addBefore(context.name(), DEADLINE, deadline);
                pipeline.addAfter(pipeline.context(Http1xOrH2CHandler.class).name(), null, firstDecoded);
            }
            pipeline.addAfter(DEADLINE, null, new FrameDeadline(limits.requestTime(), metrics));
            pipeline.remove(this);
            pipeline.fireChannelRead(bytes);
        }
    }

    /** Waits until Vert.x has recognized the protocol, and added its decoder. */
    @Sharable
    private final class FirstDecoded extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            ChannelPipeline pipeline = context.pipeline();
            if (pipeline.context(DECODER) != null) {
                checkHeads(pipeline);
            }
            pipeline.remove(this);
            context.fireChannelRead(bytes);
        }
    }

    /** Keeps Vert.x from logging an error when a client resets its connection. Netty closes it in any case. */
    @Sharable
    private static final class Resets extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof IOException) {
                log.debug("connection from {} failed", context.channel().remoteAddress(), cause);
            } else {
                context.fireExceptionCaught(cause);
            }
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
            String body = "{\"error\":\"open connections: " + limits.open() + " (expected: fewer; try again)\"}";
            return Unpooled.copiedBuffer(
                    "HTTP/1.1 503 Service Unavailable\r\nretry-after: " + Responses.RETRY_SECONDS
                            + "\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: "
                            + body.length() + "\r\n\r\n" + body,
                    ISO_8859_1);
        }
    }
}
