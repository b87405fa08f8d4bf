package io.freshet.server.answers;

import io.freshet.server.body.RequestException;

/** A row that cannot be logged. */
final class UnloggedException extends Exception {
    private static final long serialVersionUID = 1;

    private final String result;
    private final RequestException reason;

    /**
     * @param result by which the row is counted
     * @param reason of a request whose answers have to be logged
     */
    UnloggedException(String result, RequestException reason) {
        super(reason);
        this.result = result;
        this.reason = reason;
    }

    String result() {
        return result;
    }

    RequestException reason() {
        return reason;
    }
}
