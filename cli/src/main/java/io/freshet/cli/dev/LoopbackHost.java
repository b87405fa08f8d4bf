package io.freshet.cli.dev;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.apache.flink.runtime.rest.handler.router.RoutedRequest;
import org.apache.flink.runtime.rest.handler.util.HandlerUtils;
import org.apache.flink.runtime.rest.messages.ErrorResponseBody;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler.Sharable;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelInboundHandlerAdapter;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;
import org.apache.flink.util.AutoCloseableAsync;

/**
 * Passes on requests whose {@code Host} is this machine. A page of another site can make a browser send requests here under a
 * name of its own, and read the responses as those of its site (DNS rebinding).
 */
@Sharable
final class LoopbackHost extends ChannelInboundHandlerAdapter implements AutoCloseableAsync {
    /** With any port, since that of a tunnel is another one. A page of another site has another name. */
    private static final Pattern LOOPBACK = Pattern.compile("(127\\.0\\.0\\.1|localhost)(:\\d{1,5})?");

    private final ChannelInboundHandler handler;
    private final Map<String, String> responseHeaders;

    LoopbackHost(ChannelInboundHandler handler, Map<String, String> responseHeaders) {
        this.handler = handler;
        this.responseHeaders = responseHeaders;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        RoutedRequest<?> routed = (RoutedRequest<?>) message;
        HttpRequest request = routed.getRequest();
        String host = request.headers().get(HttpHeaderNames.HOST);
        if (host != null && LOOPBACK.matcher(host).matches()) {
            handler.channelRead(context, message);
            return;
        }
        try {
            ErrorResponseBody refusal = new ErrorResponseBody("Host: " + host + " (expected: 127.0.0.1 or localhost)");
            HandlerUtils.sendErrorResponse(context, request, refusal, HttpResponseStatus.FORBIDDEN, responseHeaders);
        } finally {
            routed.release();
        }
    }

    @Override
    public CompletableFuture<Void> closeAsync() {
        return handler instanceof AutoCloseableAsync open ? open.closeAsync() : CompletableFuture.completedFuture(null);
    }
}
