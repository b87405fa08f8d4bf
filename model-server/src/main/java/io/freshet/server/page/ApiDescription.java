package io.freshet.server.page;

import io.freshet.server.body.EncodedContent;
import io.freshet.server.predict.ExampleRequest;
import io.freshet.server.store.ServedModel;
import io.freshet.server.store.ServedSpec;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The description of the API, with requests to the served models as its examples. These have the means of the numbers, so they
 * are written again after a minute. Thread-safe.
 */
final class ApiDescription {
    private static final int MAXIMUM_EXAMPLES = 20;
    private static final long KEEP_MILLIS = 60_000;

    private final InstantSource clock;
    private final JsonObject document = new JsonObject(Buffer.buffer(StaticFile.read("openapi.json")));
    private volatile @Nullable Written last;

    /** The description for models of these specifications. */
    private record Written(long at, List<ServedSpec> specs, EncodedContent plain, EncodedContent compressed) {
        EncodedContent content(boolean acceptsGzip) {
            return acceptsGzip ? compressed : plain;
        }
    }

    ApiDescription(InstantSource clock) {
        this.clock = clock;
    }

    EncodedContent of(List<ServedModel> models, boolean acceptsGzip) {
        List<ServedModel> shown = models.subList(0, Math.min(models.size(), MAXIMUM_EXAMPLES));
        List<ServedSpec> specs = shown.stream().map(ServedModel::spec).toList();
        Written known = last;
        if (known == null || !known.specs.equals(specs) || clock.millis() - known.at >= KEEP_MILLIS) {
            byte[] bytes = describe(shown).toBuffer().getBytes();
            known = new Written(clock.millis(), specs, EncodedContent.of(bytes, false), EncodedContent.of(bytes, true));
            last = known;
        }
        return known.content(acceptsGzip);
    }

    private JsonObject describe(List<ServedModel> models) {
        JsonObject described = document.copy();
        put(described, "/v2/models/{model}/infer", models, ExampleRequest::tensors);
        put(described, "/v1/models/{model}:predict", models, ExampleRequest::instances);
        return described;
    }

    private static void put(
            JsonObject document,
            String path,
            List<ServedModel> models,
            Function<ExampleRequest, @Nullable JsonObject> format) {
        JsonObject examples = new JsonObject();
        for (ServedModel model : models) {
            JsonObject body = format.apply(ExampleRequest.of(model));
            if (body != null) {
                examples.put(
                        model.name(),
                        new JsonObject().put("summary", model.name()).put("value", body));
            }
        }
        if (!examples.isEmpty()) {
            JsonObject post =
                    document.getJsonObject("paths").getJsonObject(path).getJsonObject("post");
            post.getJsonArray("parameters")
                    .getJsonObject(0)
                    .put("example", examples.fieldNames().iterator().next());
            JsonObject content =
                    post.getJsonObject("requestBody").getJsonObject("content").getJsonObject("application/json");
            content.remove("example");
            content.put("examples", examples);
        }
    }
}
