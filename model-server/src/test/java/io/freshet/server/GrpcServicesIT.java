package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.grpc.proto.HealthCheckRequest;
import io.freshet.server.grpc.proto.HealthCheckResponse;
import io.freshet.server.grpc.proto.InferStatistics;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.ModelInferResponse;
import io.freshet.server.grpc.proto.ModelMetadataRequest;
import io.freshet.server.grpc.proto.ModelMetadataResponse;
import io.freshet.server.grpc.proto.ModelReadyRequest;
import io.freshet.server.grpc.proto.ModelReadyResponse;
import io.freshet.server.grpc.proto.ModelRepositoryParameter;
import io.freshet.server.grpc.proto.ModelStatisticsRequest;
import io.freshet.server.grpc.proto.ModelStatisticsResponse;
import io.freshet.server.grpc.proto.RepositoryIndexRequest;
import io.freshet.server.grpc.proto.RepositoryIndexResponse;
import io.freshet.server.grpc.proto.RepositoryModelLoadRequest;
import io.freshet.server.grpc.proto.RepositoryModelLoadResponse;
import io.freshet.server.grpc.proto.RepositoryModelUnloadRequest;
import io.freshet.server.grpc.proto.RepositoryModelUnloadResponse;
import io.freshet.server.grpc.proto.ServerLiveRequest;
import io.freshet.server.grpc.proto.ServerLiveResponse;
import io.freshet.server.grpc.proto.ServerMetadataRequest;
import io.freshet.server.grpc.proto.ServerMetadataResponse;
import io.freshet.server.grpc.proto.ServerReadyRequest;
import io.freshet.server.grpc.proto.ServerReadyResponse;
import io.freshet.server.grpc.proto.StatisticDuration;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.grpc.reflection.v1.ServiceResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The services over gRPC besides predictions: the server and its models, the repository, health, and reflection. */
@Timeout(60)
class GrpcServicesIT {
    private static final ModelSpec NUMBERS = ModelSpec.parse(
            "{name: numbers, label: y, loss: mean-squared-error, features: {numeric: [a, b], standardize: false}}");
    private static final ModelSpec CLICKS = ModelSpec.parse("{name: clicks, label: y, labels: [no, yes],"
            + " loss: binary-cross-entropy, features: {numeric: [a], standardize: false}}");
    private static RunningServer server;
    private static GrpcClient client;

    @BeforeAll
    static void start() {
        server = new RunningServer();
        server.publish(Published.records(NUMBERS, "", 8, 1, 1));
        server.publish(Published.records(NUMBERS, "", 9, 2, 2));
        server.publish(Published.records(CLICKS, "", 5, 1, 1));
        client = new GrpcClient(server.port());
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    @Test
    void reports_the_server_and_its_models() {
        ServerMetadataResponse metadata = client.call(
                "ServerMetadata",
                ServerMetadataRequest.getDefaultInstance(),
                ServerMetadataResponse.getDefaultInstance());
        ModelMetadataResponse model = client.call(
                "ModelMetadata",
                ModelMetadataRequest.newBuilder().setName("clicks").build(),
                ModelMetadataResponse.getDefaultInstance());

        assertThat(client.call(
                                "ServerLive",
                                ServerLiveRequest.getDefaultInstance(),
                                ServerLiveResponse.getDefaultInstance())
                        .getLive())
                .isTrue();
        assertThat(client.call(
                                "ServerReady",
                                ServerReadyRequest.getDefaultInstance(),
                                ServerReadyResponse.getDefaultInstance())
                        .getReady())
                .isTrue();
        assertThat(client.call(
                                "ModelReady",
                                ModelReadyRequest.newBuilder()
                                        .setName("numbers")
                                        .setVersion("8")
                                        .build(),
                                ModelReadyResponse.getDefaultInstance())
                        .getReady())
                .isTrue();
        assertThat(metadata.getName()).isEqualTo("freshet");
        assertThat(metadata.getExtensionsList()).contains("model_repository");
        assertThat(model.getVersionsList()).containsExactly("5");
        assertThat(model.getInputs(0).getDatatype()).isEqualTo("FP64");
        assertThat(model.getOutputs(1).getName()).isEqualTo("class");
        assertThat(model.getPropertiesMap()).containsEntry("version", "5");
    }

    @Test
    void statistics_have_the_time_of_each_phase() {
        ModelInferRequest request = GrpcRequests.request("clicks")
                .addInputs(GrpcRequests.input("a", "FP64", 1).setContents(GrpcRequests.fp64(1)))
                .build();
        for (int i = 0; i < 3; i++) {
            client.call("ModelInfer", request, ModelInferResponse.getDefaultInstance());
        }

        InferStatistics statistics = client.call(
                        "ModelStatistics",
                        ModelStatisticsRequest.newBuilder().setName("clicks").build(),
                        ModelStatisticsResponse.getDefaultInstance())
                .getModelStats(0)
                .getInferenceStats();

        List<StatisticDuration> phases = List.of(
                statistics.getQueue(),
                statistics.getComputeInput(),
                statistics.getComputeInfer(),
                statistics.getComputeOutput());
        assertThat(statistics.getSuccess().getCount()).isEqualTo(3);
        assertThat(phases).allMatch(phase -> phase.getCount() == 3 && phase.getNs() > 0);
        assertThat(phases.stream().mapToLong(StatisticDuration::getNs).sum())
                .isLessThanOrEqualTo(statistics.getSuccess().getNs());
    }

    @Test
    void pins_follows_and_unloads() {
        client.call(
                "RepositoryModelLoad",
                RepositoryModelLoadRequest.newBuilder()
                        .setModelName("numbers")
                        .putParameters(
                                "version",
                                ModelRepositoryParameter.newBuilder()
                                        .setStringParam("8")
                                        .build())
                        .build(),
                RepositoryModelLoadResponse.getDefaultInstance());
        assertThat(state("numbers", "8")).isEqualTo("READY, pinned");

        client.call(
                "RepositoryModelUnload",
                RepositoryModelUnloadRequest.newBuilder()
                        .setModelName("numbers")
                        .build(),
                RepositoryModelUnloadResponse.getDefaultInstance());
        assertThat(client.failure(
                        "ModelReady",
                        ModelReadyRequest.newBuilder().setName("numbers").build()))
                .startsWith("UNAVAILABLE: model: numbers: unloaded");

        client.call(
                "RepositoryModelLoad",
                RepositoryModelLoadRequest.newBuilder().setModelName("numbers").build(),
                RepositoryModelLoadResponse.getDefaultInstance());
        assertThat(state("numbers", "9")).isEqualTo("READY, live");
    }

    @Test
    void reports_the_health_of_the_server_and_its_service() {
        for (String service : List.of("", GrpcClient.SERVICE)) {
            HealthCheckResponse response = client.call(
                    "grpc.health.v1.Health",
                    "Check",
                    HealthCheckRequest.newBuilder().setService(service).build(),
                    HealthCheckResponse.getDefaultInstance(),
                    CallOptions.DEFAULT);

            assertThat(response.getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
        }
    }

    @Test
    void describes_its_services() throws Exception {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> requests = ClientCalls.asyncBidiStreamingCall(
                client.channel()
                        .newCall(
                                MethodDescriptor.<ServerReflectionRequest, ServerReflectionResponse>newBuilder()
                                        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                                        .setFullMethodName("grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
                                        .setRequestMarshaller(
                                                ProtoUtils.marshaller(ServerReflectionRequest.getDefaultInstance()))
                                        .setResponseMarshaller(
                                                ProtoUtils.marshaller(ServerReflectionResponse.getDefaultInstance()))
                                        .build(),
                                CallOptions.DEFAULT),
                new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {
                        answer.cancel(false);
                    }
                });
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

        assertThat(answer.get(20, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .contains(GrpcClient.SERVICE, "grpc.health.v1.Health");
        requests.onCompleted();
    }

    private static String state(String name, String version) {
        RepositoryIndexResponse index = client.call(
                "RepositoryIndex",
                RepositoryIndexRequest.getDefaultInstance(),
                RepositoryIndexResponse.getDefaultInstance());
        return index.getModelsList().stream()
                .filter(model ->
                        model.getName().equals(name) && model.getVersion().equals(version))
                .map(model -> model.getState() + ", " + model.getReason())
                .findFirst()
                .orElseThrow();
    }
}
