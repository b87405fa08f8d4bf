package io.freshet.server.predict;

import io.freshet.server.metrics.InferCounts;
import io.freshet.server.store.ParameterSet;
import io.freshet.server.store.ServedModel;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** The statistics extension: the inference requests of a model, of all its versions together, as JSON. */
final class ModelStatistics {
    private ModelStatistics() {}

    /** Returns the entry of a model. Its version is the served one; a model with keys has none. */
    static JsonObject of(ServedModel model, InferCounts counts) {
        ParameterSet served = model.spec().isKeyed() ? null : model.set("");
        return new JsonObject()
                .put("name", model.name())
                .put("version", served == null ? "" : Long.toString(served.version()))
                .put("last_inference", counts.last())
                .put("inference_count", counts.rows())
                .put("execution_count", counts.executions())
                .put(
                        "inference_stats",
                        new JsonObject()
                                .put("success", duration(counts.successes(), counts.successNanos()))
                                .put("fail", duration(counts.failures(), counts.failureNanos()))
                                .put("queue", duration(counts.successes(), counts.queueNanos()))
                                .put("compute_input", duration(counts.successes(), counts.inputNanos()))
                                .put("compute_infer", duration(counts.successes(), counts.inferNanos()))
                                .put("compute_output", duration(counts.successes(), counts.outputNanos())))
                .put("batch_stats", new JsonArray());
    }

    private static JsonObject duration(long count, long nanos) {
        return new JsonObject().put("count", count).put("ns", nanos);
    }
}
