package io.freshet.server.http;

import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Marks an HTTP/1 request as invalid if its head is ambiguous or of another version, so that it gets a 400 and its
 * connection is closed. Netty accepts these requests, and Vert.x responds to other versions with 501, and to what follows an
 * invalid request in the same packet.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112, sections 2.3, 3.2, and 6.1</a>
 */
final class RequestHeadCheck extends ChannelDuplexHandler {
    private final HeadDeadline deadline;
    private boolean rejected;
    /** Whether a request followed an invalid one, which ends the connection. */
    private boolean ignoring;

    /** @param deadline receives when requests of the connection are decoded */
    RequestHeadCheck(HeadDeadline deadline) {
        this.deadline = deadline;
    }

    /** Flushes first: if a body cannot be decoded, Vert.x closes the connection right after the response is written. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        context.flush();
        context.close(promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        ignoring |= rejected && message instanceof HttpRequest;
        if (ignoring || deadline.isExpired()) {
            ReferenceCountUtil.release(message);
            return;
        }
        if (message instanceof HttpRequest) {
            deadline.headDecoded();
        }
        if (message instanceof LastHttpContent) {
            deadline.requestDecoded();
        }
        if (message instanceof HttpRequest request) {
            String problem = request.decoderResult().isSuccess() ? problem(request) : null;
            if (problem != null) {
                request.setDecoderResult(DecoderResult.failure(RequestException.bad(problem)));
            }
            rejected = request.decoderResult().isFailure();
            // The server may ignore it, and does: HTTP/2 starts with its preface, or with TLS.
            request.headers().remove(HttpHeaderNames.UPGRADE);
        }
        super.channelRead(context, message);
    }

    private static @Nullable String problem(HttpRequest request) {
        HttpVersion version = request.protocolVersion();
        boolean newer = version.equals(HttpVersion.HTTP_1_1);
        // Netty also reads HTTP/01.1 as 1.1, but Vert.x accepts only the constants. The response has the request's
        // version.
        boolean older = version.equals(HttpVersion.HTTP_1_0);
        request.setProtocolVersion(older ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1);
        if (!newer && !older) {
            return "version: " + RequestExcerpt.name(version.text()) + " (expected: HTTP/1.1 or HTTP/1.0)";
        }
        HttpHeaders headers = request.headers();
        if (headers.contains("")) {
            return "header: no name (expected: a name before the colon)";
        }
        int hosts = headers.getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && newer)) {
            return "Host: " + (hosts == 0 ? "missing" : hosts + " headers") + " (expected: one header)";
        }
        List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        return encodings.isEmpty() ? null : problem(String.join(",", encodings), older, headers);
    }

    private static @Nullable String problem(String encoding, boolean older, HttpHeaders headers) {
        if (older) {
            return "Transfer-Encoding: " + RequestExcerpt.name(encoding) + " (expected: none in HTTP/1.0)";
        }
        if (!encoding.toLowerCase(Locale.ROOT).equals(HttpHeaderValues.CHUNKED.toString())) {
            return "Transfer-Encoding: " + RequestExcerpt.name(encoding) + " (expected: chunked)";
        }
        // Netty finds both in most cases, and then removes the length: see RequestDecoder.
        return headers.contains(HttpHeaderNames.CONTENT_LENGTH) ? RequestDecoder.BOTH : null;
    }
}
