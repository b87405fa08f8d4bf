package io.freshet.server.grpc;

import io.freshet.server.grpc.proto.InferStatistics;
import io.freshet.server.grpc.proto.ModelMetadataResponse;
import io.freshet.server.grpc.proto.ModelMetadataResponse.TensorMetadata;
import io.freshet.server.grpc.proto.ModelStatisticsResponse;
import io.freshet.server.grpc.proto.RepositoryIndexResponse;
import io.freshet.server.grpc.proto.StatisticDuration;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Turns what REST returns as JSON into messages of gRPC. */
final class JsonMessages {
    private JsonMessages() {}

    static ModelMetadataResponse metadata(JsonObject json) {
        ModelMetadataResponse.Builder message = ModelMetadataResponse.newBuilder()
                .setName(json.getString("name"))
                .setPlatform(json.getString("platform"))
                .addAllInputs(tensors(json.getJsonArray("inputs")))
                .addAllOutputs(tensors(json.getJsonArray("outputs")));
        json.getJsonArray("versions").forEach(version -> message.addVersions(version.toString()));
        json.getJsonObject("properties")
                .forEach(each -> message.putProperties(each.getKey(), String.valueOf(each.getValue())));
        return message.build();
    }

    static RepositoryIndexResponse index(JsonArray json) {
        RepositoryIndexResponse.Builder message = RepositoryIndexResponse.newBuilder();
        for (Object each : json) {
            JsonObject model = (JsonObject) each;
            message.addModelsBuilder()
                    .setName(model.getString("name"))
                    .setVersion(model.getString("version", ""))
                    .setState(model.getString("state"))
                    .setReason(model.getString("reason"));
        }
        return message.build();
    }

    static ModelStatisticsResponse statistics(JsonObject json) {
        ModelStatisticsResponse.Builder message = ModelStatisticsResponse.newBuilder();
        for (Object each : json.getJsonArray("model_stats")) {
            JsonObject model = (JsonObject) each;
            JsonObject durations = model.getJsonObject("inference_stats");
            message.addModelStatsBuilder()
                    .setName(model.getString("name"))
                    .setVersion(model.getString("version"))
                    .setLastInference(model.getLong("last_inference"))
                    .setInferenceCount(model.getLong("inference_count"))
                    .setExecutionCount(model.getLong("execution_count"))
                    .setInferenceStats(InferStatistics.newBuilder()
                            .setSuccess(duration(durations.getJsonObject("success")))
                            .setFail(duration(durations.getJsonObject("fail")))
                            .setQueue(duration(durations.getJsonObject("queue")))
                            .setComputeInput(duration(durations.getJsonObject("compute_input")))
                            .setComputeInfer(duration(durations.getJsonObject("compute_infer")))
                            .setComputeOutput(duration(durations.getJsonObject("compute_output"))));
        }
        return message.build();
    }

    private static StatisticDuration.Builder duration(JsonObject json) {
        return StatisticDuration.newBuilder().setCount(json.getLong("count")).setNs(json.getLong("ns"));
    }

    private static List<TensorMetadata> tensors(JsonArray json) {
        return json.stream().map(each -> tensor((JsonObject) each)).toList();
    }

    private static TensorMetadata tensor(JsonObject json) {
        TensorMetadata.Builder tensor =
                TensorMetadata.newBuilder().setName(json.getString("name")).setDatatype(json.getString("datatype"));
        json.getJsonArray("shape").forEach(size -> tensor.addShape(((Number) size).longValue()));
        return tensor.build();
    }
}
