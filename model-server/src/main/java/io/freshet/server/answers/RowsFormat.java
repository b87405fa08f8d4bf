package io.freshet.server.answers;

import io.freshet.server.body.RequestException;
import io.freshet.server.store.ServedModel;
import io.vertx.core.buffer.Buffer;

/** What the requests of one route contain. Thread-safe. */
public interface RowsFormat {
    /** Returns the last segment of the path, which is also the name of the server's option that enables the route. */
    String name();

    /** Returns what messages call the requests. */
    String requests();

    /** @throws RequestException if the request does not fit the model; then no row is sent */
    RowsToSend read(ServedModel model, Buffer content) throws RequestException;

    /** Counts rows, by one of {@link Receipt#RESULTS}. */
    void count(String result, int rows);
}
