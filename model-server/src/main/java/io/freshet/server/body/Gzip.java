package io.freshet.server.body;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** Decompresses the bodies of requests. */
public final class Gzip {
    private Gzip() {}

    /**
     * Returns the content of a compressed body.
     *
     * @param maximumBytes maximum size of the content
     * @throws RequestException 413 if the content is larger, 400 if the body is not in the format
     */
    public static Buffer decompress(Buffer body, int maximumBytes) throws RequestException {
        try (InputStream in = new GZIPInputStream(new BufferStream(body))) {
            byte[] content = in.readNBytes(maximumBytes);
            if (in.read() >= 0) {
                throw RequestException.of(
                        413, "body: too large when decompressed (expected: up to " + maximumBytes + " bytes)");
            }
            return Buffer.buffer(content);
        } catch (IOException e) {
            throw RequestException.bad(
                    "body: " + RequestExcerpt.name(String.valueOf(e.getMessage())) + " (expected: gzip)");
        }
    }
}
