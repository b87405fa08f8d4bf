package io.freshet.server.body;

import io.vertx.core.http.HttpServerResponse;

/** The end of a response: it was sent, or its connection was closed before. Used on the response's event loop. */
public final class ResponseEnd {
    private final Action action;
    private boolean ended;

    /** Runs once. */
    public interface Action {
        /** @param sent whether the whole response was sent */
        void ended(boolean sent);
    }

    private ResponseEnd(Action action) {
        this.action = action;
    }

    /** Runs an action when a response ends. */
    public static void of(HttpServerResponse response, Action action) {
        ResponseEnd end = new ResponseEnd(action);
        response.endHandler(sent -> end.end(true))
                .closeHandler(closed -> end.end(false))
                .exceptionHandler(failure -> end.end(false));
    }

    private void end(boolean sent) {
        if (!ended) {
            ended = true;
            action.ended(sent);
        }
    }
}
