package io.freshet.server.http;

import io.freshet.server.body.RequestException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/** Reads the bodies of requests into memory, within the limits of size and time. */
public final class BodyReader {
    private final Limits limits;

    public BodyReader(Limits limits) {
        this.limits = limits;
    }

    /**
     * Returns the body of a request.
     *
     * <p>Fails with a {@link RequestException}: 413 if the body is too large, 408 if it takes too long, 503 if the
     * ticket cannot hold it, 400 if it is malformed or cut off.
     */
    public Future<Buffer> read(HttpServerRequest request, Vertx vertx, Admission.Ticket ticket) {
        if (declaredBytes(request) > limits.bodyBytes()) {
            return Future.failedFuture(tooLarge());
        }
        Promise<Buffer> done = Promise.promise();
        Buffer body = Buffer.buffer();
        request.exceptionHandler(failure ->
                        done.tryFail(RequestException.bad("body: malformed or cut off (expected: all of it)")))
                .handler(chunk -> receive(chunk, body, ticket, done))
                .endHandler(end -> done.tryComplete(body));
        if (request.headers().contains(HttpHeaders.EXPECT)) {
            request.response().writeContinue();
        }
        // Most bodies arrive with their heads, and are complete by then.
        vertx.runOnContext(later -> limitTime(request, vertx, done));
        return done.future();
    }

    private void limitTime(HttpServerRequest request, Vertx vertx, Promise<Buffer> done) {
        if (!done.future().isComplete()) {
            long timer = vertx.setTimer(limits.requestTime().toMillis(), late -> cutOff(request, done));
            done.future().onComplete(end -> vertx.cancelTimer(timer));
        }
    }

    private void receive(Buffer chunk, Buffer body, Admission.Ticket ticket, Promise<Buffer> done) {
        if (done.future().isComplete()) {
            // What arrived together with the chunk that was rejected.
            return;
        }
        try {
            if (chunk.length() > limits.bodyBytes() - body.length()) {
                throw tooLarge();
            }
            ticket.hold(chunk.length());
            body.appendBuffer(chunk);
        } catch (RequestException e) {
            done.tryFail(e);
        }
    }

    /** Rejects a client that trickles its body. It never idles, and would hold its connection forever. */
    private void cutOff(HttpServerRequest request, Promise<Buffer> done) {
        boolean ownConnection = request.version() != HttpVersion.HTTP_2;
        if (ownConnection) {
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        done.tryFail(RequestException.of(
                408, "body: incomplete after " + limits.requestTime().toMillis() + " ms (expected: the whole body)"));
        if (ownConnection) {
            request.connection().close();
        } else {
            request.response().reset();
        }
    }

    private RequestException tooLarge() {
        return RequestException.of(413, "body: too large (expected: up to " + limits.bodyBytes() + " bytes)");
    }

    /** Returns the declared size of the body, or 0 if none is declared. */
    private static long declaredBytes(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
