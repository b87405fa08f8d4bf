package io.freshet.server.instances;

import io.freshet.server.body.RequestException;
import io.freshet.server.http.InferFormat;
import io.freshet.server.predict.ExampleRequest;
import io.freshet.server.predict.InferResponse;
import io.freshet.server.request.InferRequest;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The format of the V1 protocol: {@code {"instances": [...]}} in, {@code {"predictions": [...]}} out. */
public final class InstancesFormat implements InferFormat {
    private final InstancesReader reader;
    private final PredictionsWriter writer = new PredictionsWriter();

    /**
     * @param maximumRows of a request
     * @param joinFields fields that only the join reads from the requests to a model, by its applied specification
     * @param parents the specification of what predicts unknown keys of a model in its place, or null
     */
    public InstancesFormat(
            int maximumRows,
            Function<String, Set<String>> joinFields,
            Function<ServedModel, @Nullable ServedSpec> parents) {
        reader = new InstancesReader(maximumRows, joinFields, parents);
    }

    @Override
    public InferRequest read(HttpServerRequest head, ServedModel model, @Nullable String version, Buffer content)
            throws RequestException {
        return reader.read(content, model, version);
    }

    @Override
    public Body write(InferResponse response) {
        return writer.write(response);
    }

    @Override
    public @Nullable JsonObject example(ServedModel model, @Nullable String version) {
        return ExampleRequest.of(model, version).instances();
    }
}
