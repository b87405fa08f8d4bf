package io.freshet.server.body;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What is left of a request's body when its response is sent. It is discarded, and may neither trickle nor go on forever. */
final class BodyRemainder {
    private BodyRemainder() {}

    /** @param time how long it may take to arrive */
    static void discard(HttpServerRequest request, Duration time) {
        if (request.isEnded()) {
            return;
        }
        EventExecutor executor = ((HttpServerConnection) request.connection())
                .channelHandlerContext()
                .executor();
        // Most requests have no body, and end after their heads were handled. Some streams were reset.
        executor.execute(() -> {
            if (!request.isEnded() && !request.response().closed()) {
                ScheduledFuture<?> deadline =
                        executor.schedule(() -> cutOff(request), time.toMillis(), TimeUnit.MILLISECONDS);
                request.handler(discarded -> {})
                        .endHandler(end -> deadline.cancel(false))
                        .exceptionHandler(closed -> deadline.cancel(false));
            }
        });
    }

    private static void cutOff(HttpServerRequest request) {
        if (request.isEnded()) {
            return;
        }
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset();
        } else {
            request.connection().close();
        }
    }
}
