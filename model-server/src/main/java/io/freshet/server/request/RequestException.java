package io.freshet.server.request;

/** A rejected request, with a message for the client and an HTTP status. It carries no stack trace. */
public final class RequestException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    private RequestException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** Returns the HTTP status. */
    public int status() {
        return status;
    }

    public static RequestException bad(String message) {
        return new RequestException(400, message);
    }

    /** Returns an exception in the form {@code shape: [2,3] (expected: [n] or [n,1])}. */
    public static RequestException bad(String field, Object value, String expected) {
        return bad(field + ": " + value + " (expected: " + expected + ")");
    }

    public static RequestException notFound(String message) {
        return new RequestException(404, message);
    }

    public static RequestException notFound(String field, Object value, String expected) {
        return notFound(field + ": " + value + " (expected: " + expected + ")");
    }

    public static RequestException of(int status, String message) {
        return new RequestException(status, message);
    }
}
