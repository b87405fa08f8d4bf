package io.freshet.server.body;

import io.freshet.learning.yaml.NameSuggestion;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** A rejected request, with a message for the client and an HTTP status. It carries no stack trace. */
public final class RequestException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient @Nullable JsonObject example;

    private RequestException(int status, String message) {
        this(status, message, null);
    }

    private RequestException(int status, String message, @Nullable JsonObject example) {
        super(message, null, false, false);
        this.status = status;
        this.example = example;
    }

    /** Returns the HTTP status. */
    public int status() {
        return status;
    }

    /** Returns the body of a valid request, for one that was not; null if there is none to show. */
    public @Nullable JsonObject example() {
        return example;
    }

    /** Returns the same with the body of a valid request, or with none. */
    public RequestException withExample(@Nullable JsonObject valid) {
        return new RequestException(status, String.valueOf(getMessage()), valid);
    }

    public static RequestException bad(String message) {
        return new RequestException(400, message);
    }

    /** Returns an exception in the form {@code shape: [2,3] (expected: [n] or [n,1])}. */
    public static RequestException bad(String field, Object value, String expected) {
        return bad(field + ": " + value + " (expected: " + expected + ")");
    }

    /**
     * Returns an exception about a name that is not known, which suggests a similar one, or lists all.
     *
     * @param known the names of {@code what}
     */
    public static RequestException unknown(String field, String name, Collection<String> known, String what) {
        return bad(
                field,
                RequestExcerpt.name(name),
                NameSuggestion.of(name, known)
                        .map(similar -> similar + "?")
                        .orElseGet(() -> what + ": " + RequestExcerpt.names(known)));
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
