package io.freshet.server.http;

import io.freshet.server.body.RequestException;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.request.InferRequest;
import io.freshet.server.store.ServedModel;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** How a protocol writes requests and responses to predict over HTTP. What happens between the two is the same. Thread-safe. */
public interface InferFormat {
    /**
     * The body of a response.
     *
     * @param jsonBytes the size of the JSON at its start, or -1 if there is nothing else
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Body(byte[] bytes, int jsonBytes) {}

    /**
     * Reads a request.
     *
     * @param head its headers
     * @param version the version or label that it names, or null
     * @param content its body, decompressed
     * @throws RequestException if it is not a valid request
     */
    InferRequest read(HttpServerRequest head, ServedModel model, @Nullable String version, Buffer content)
            throws RequestException;

    /** Returns the body of a response. */
    Body write(InferResponse response);

    /** Returns the body of a valid request, for those who sent an invalid one; null if it would be long. */
    @Nullable JsonObject example(ServedModel model, @Nullable String version);
}
