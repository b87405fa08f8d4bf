package io.freshet.server.http;

import io.freshet.server.body.RequestException;
import io.freshet.server.predict.ExampleRequest;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.predict.RawBody;
import io.freshet.server.predict.Route;
import io.freshet.server.request.InferRequest;
import io.freshet.server.request.InferRequestReader;
import io.freshet.server.store.ServedModel;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** The format of the Open Inference Protocol: named tensors in JSON, whose values may follow in binary form. */
public final class TensorFormat implements InferFormat {
    private final int maximumRows;
    private final InferRequestReader reader;
    private final InferResponseWriter writer = new InferResponseWriter();

    /** @param maximumRows of a request */
    public TensorFormat(int maximumRows) {
        this.maximumRows = maximumRows;
        reader = new InferRequestReader(maximumRows);
    }

    @Override
    public InferRequest read(HttpServerRequest head, ServedModel model, @Nullable String version, Buffer content)
            throws RequestException {
        int jsonBytes = ContentHeaders.jsonBytes(head, content.length());
        return jsonBytes == 0 && content.length() > 0
                ? RawBody.request(Route.described(model, version), content, maximumRows)
                : reader.read(content, jsonBytes);
    }

    @Override
    public Body write(InferResponse response) {
        return writer.write(response);
    }

    @Override
    public @Nullable JsonObject example(ServedModel model, @Nullable String version) {
        return ExampleRequest.of(model, version).tensors();
    }
}
