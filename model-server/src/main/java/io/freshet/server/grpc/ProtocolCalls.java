package io.freshet.server.grpc;

import static io.freshet.server.grpc.UnaryCall.blocking;
import static io.freshet.server.grpc.UnaryCall.plain;

import io.freshet.schemas.kafka.FreshetVersion;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.grpc.proto.HealthCheckRequest;
import io.freshet.server.grpc.proto.HealthCheckResponse;
import io.freshet.server.grpc.proto.HealthCheckResponse.ServingStatus;
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
import io.freshet.server.http.Admission;
import io.freshet.server.http.ModelRepository;
import io.freshet.server.http.ProtocolRoutes;
import io.freshet.server.predict.ModelQueries;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The methods other than {@code ModelInfer}. */
public final class ProtocolCalls {
    /** The package and name of the inference service. */
    static final String SERVICE = "inference.GRPCInferenceService";

    static final String HEALTH = "grpc.health.v1.Health";

    private final ModelQueries queries;
    private final ModelRepository repository;
    private final Supplier<@Nullable String> problem;

    /** @param problem why the server is not ready for requests, or null if it is */
    public ProtocolCalls(ModelQueries queries, ModelRepository repository, Supplier<@Nullable String> problem) {
        this.queries = queries;
        this.repository = repository;
        this.problem = problem;
    }

    /** Returns the methods by the paths of their requests. */
    Map<String, UnaryCall<?>> byPath() {
        String prefix = "/" + SERVICE + "/";
        return Map.of(
                prefix + "ServerLive", plain(ServerLiveRequest.parser(), request -> live()),
                prefix + "ServerReady", plain(ServerReadyRequest.parser(), request -> ready()),
                prefix + "ModelReady", plain(ModelReadyRequest.parser(), this::modelReady),
                prefix + "ServerMetadata", plain(ServerMetadataRequest.parser(), request -> metadata()),
                prefix + "ModelMetadata", plain(ModelMetadataRequest.parser(), this::metadata),
                prefix + "RepositoryIndex", blocking(RepositoryIndexRequest.parser(), this::index),
                prefix + "RepositoryModelLoad", blocking(RepositoryModelLoadRequest.parser(), this::load),
                prefix + "RepositoryModelUnload", blocking(RepositoryModelUnloadRequest.parser(), this::unload),
                prefix + "ModelStatistics", plain(ModelStatisticsRequest.parser(), this::statistics),
                "/" + HEALTH + "/Check", plain(HealthCheckRequest.parser(), this::check));
    }

    private static ServerLiveResponse live() {
        return ServerLiveResponse.newBuilder().setLive(true).build();
    }

    private ServerReadyResponse ready() {
        return ServerReadyResponse.newBuilder().setReady(isReady()).build();
    }

    private static ServerMetadataResponse metadata() {
        return ServerMetadataResponse.newBuilder()
                .setName(ProtocolRoutes.SERVER_NAME)
                .setVersion(FreshetVersion.VERSION)
                .addAllExtensions(ProtocolRoutes.EXTENSIONS)
                .build();
    }

    /** Returns what limits the blocking calls. */
    Admission admission() {
        return repository.admission();
    }

    private boolean isReady() {
        return problem.get() == null;
    }

    private ModelReadyResponse modelReady(ModelReadyRequest request) throws RequestException {
        queries.requireReady(request.getName(), optional(request.getVersion()), null);
        return ModelReadyResponse.newBuilder().setReady(true).build();
    }

    private ModelMetadataResponse metadata(ModelMetadataRequest request) throws RequestException {
        return JsonMessages.read(
                        queries.metadata(request.getName(), optional(request.getVersion()), null),
                        ModelMetadataResponse.newBuilder())
                .build();
    }

    private RepositoryIndexResponse index(RepositoryIndexRequest request) {
        return JsonMessages.read(
                        new JsonObject().put("models", repository.index(request.getReady())),
                        RepositoryIndexResponse.newBuilder())
                .build();
    }

    private RepositoryModelLoadResponse load(RepositoryModelLoadRequest request) throws RequestException {
        for (String name : request.getParametersMap().keySet()) {
            if (!name.equals("version") && !name.equals("key")) {
                throw RequestException.bad("parameters", RequestExcerpt.name(name), "version or key");
            }
        }
        repository.load(
                request.getModelName(),
                text(request.getParametersMap(), "version"),
                text(request.getParametersMap(), "key"));
        return RepositoryModelLoadResponse.getDefaultInstance();
    }

    private RepositoryModelUnloadResponse unload(RepositoryModelUnloadRequest request) throws RequestException {
        repository.unload(request.getModelName());
        return RepositoryModelUnloadResponse.getDefaultInstance();
    }

    private ModelStatisticsResponse statistics(ModelStatisticsRequest request) throws RequestException {
        return JsonMessages.read(
                        queries.statistics(optional(request.getName()), optional(request.getVersion())),
                        ModelStatisticsResponse.newBuilder())
                .build();
    }

    private HealthCheckResponse check(HealthCheckRequest request) throws RequestException {
        ServingStatus status = status(request.getService());
        if (status == ServingStatus.SERVICE_UNKNOWN) {
            throw RequestException.notFound("service", RequestExcerpt.name(request.getService()), SERVICE + " or none");
        }
        return HealthCheckResponse.newBuilder().setStatus(status).build();
    }

    /** Returns the status of the server, for the name of a service or "". */
    ServingStatus status(String service) {
        if (!service.isEmpty() && !service.equals(SERVICE)) {
            return ServingStatus.SERVICE_UNKNOWN;
        }
        return isReady() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    }

    /** Returns null for "", which stands for a missing text in gRPC. */
    static @Nullable String optional(String text) {
        return text.isEmpty() ? null : text;
    }

    /** Returns a text, or a number as text. */
    private static @Nullable String text(Map<String, ModelRepositoryParameter> parameters, String name)
            throws RequestException {
        ModelRepositoryParameter value = parameters.get(name);
        if (value == null) {
            return null;
        }
        return switch (value.getParameterChoiceCase()) {
            case STRING_PARAM -> value.getStringParam();
            case INT64_PARAM -> Long.toString(value.getInt64Param());
            default -> throw RequestException.bad("parameters." + name, "another type", "a text or a number");
        };
    }
}
