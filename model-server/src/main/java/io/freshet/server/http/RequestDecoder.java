package io.freshet.server.http;

import io.freshet.server.body.RequestException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;

/**
 * Decodes requests of HTTP/1. Marks one that has both {@code Content-Length} and {@code Transfer-Encoding} as invalid, so that its
 * connection is closed. Netty removes the length instead, and a proxy that believed it would see another next request. Limits the
 * number of headers, since a header of three bytes takes a hundred in memory.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112#section-6.1">RFC 9112, section 6.1</a>
 */
final class RequestDecoder extends VertxHttpRequestDecoder {
    static final String BOTH = "Content-Length: beside Transfer-Encoding (expected: one of them)";

    private int headers;

    RequestDecoder(ConnectionLimits limits) {
        super(limits.set(new HttpServerOptions()));
    }

    @Override
    protected HttpMessage createMessage(String[] line) {
        headers = 0;
        return super.createMessage(line);
    }

    /** Called for each header and trailer. */
    @Override
    protected AsciiString splitHeaderName(byte[] line, int start, int length) {
        if (++headers > ConnectionLimits.HEADERS) {
            throw new TooLongHttpHeaderException("more than " + ConnectionLimits.HEADERS);
        }
        return super.splitHeaderName(line, start, length);
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        super.handleTransferEncodingChunkedWithContentLength(message);
        message.setDecoderResult(DecoderResult.failure(RequestException.bad(BOTH)));
    }
}
