package io.freshet.server.http;

import io.freshet.server.body.RequestException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Cuts off a client that trickles the head of a request, or the preface of HTTP/2. It never idles, and would hold its
 * connection forever.
 *
 * <p>Handles the bytes of one connection before they are decoded, on its event loop. The time starts with the first
 * byte of a head, so a connection may idle between requests.
 */
final class HeadDeadline extends ChannelInboundHandlerAdapter {
    private final Duration time;
    private @Nullable Future<?> timer;
    private boolean expectsHead = true;
    private boolean decoded;
    private boolean expired;

    HeadDeadline(Duration time) {
        this.time = time;
    }

    /** Called when the head of an HTTP/1 request is complete. */
    void headDecoded() {
        expectsHead = false;
        decoded = true;
        stopTimer();
    }

    /** Called when the body of an HTTP/1 request is complete, too. */
    void requestDecoded() {
        expectsHead = true;
        decoded = true;
    }

    /** Returns whether the connection is cut off, so that nothing more of it is decoded. */
    boolean isExpired() {
        return expired;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        if (expired) {
            ReferenceCountUtil.release(bytes);
            return;
        }
        decoded = false;
        context.fireChannelRead(bytes);
        if (expectsHead && !decoded && timer == null && !context.isRemoved()) {
            timer = context.executor().schedule(() -> expire(context), time.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Passes an invalid request on, so that the response follows those of earlier requests on the connection. */
    private void expire(ChannelHandlerContext context) {
        expired = true;
        ChannelHandlerContext check = context.pipeline().context(RequestHeadCheck.class);
        if (check == null) {
            context.close();
            return;
        }
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
        request.setDecoderResult(DecoderResult.failure(RequestException.of(
                408, "request head: incomplete after " + time.toMillis() + " ms (expected: all of it)")));
        check.fireChannelRead(request);
        check.fireChannelReadComplete();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        stopTimer();
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }
}
