package io.freshet.server.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.grpc.proto.HealthProto;
import io.freshet.server.grpc.proto.InferenceProto;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.reflection.v1.ErrorResponse;
import io.vertx.grpc.reflection.v1.FileDescriptorResponse;
import io.vertx.grpc.reflection.v1.ListServiceResponse;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import io.vertx.grpc.reflection.v1.ServiceResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Describes the services to clients that ask, such as grpcurl. */
final class Reflection {
    private static final List<FileDescriptor> FILES = List.of(
            InferenceProto.getDescriptor(),
            HealthProto.getDescriptor(),
            ServerReflectionRequest.getDescriptor().getFile());

    private final Map<String, FileDescriptor> byName = new TreeMap<>();
    private final Map<String, FileDescriptor> bySymbol = new TreeMap<>();

    Reflection() {
        for (FileDescriptor file : FILES) {
            byName.put(file.getName(), file);
            file.getServices().forEach(service -> {
                add(service);
                service.getMethods().forEach(this::add);
            });
            file.getMessageTypes().forEach(this::addMessage);
            file.getEnumTypes().forEach(this::add);
        }
    }

    private void addMessage(Descriptor message) {
        add(message);
        message.getNestedTypes().forEach(this::addMessage);
        message.getEnumTypes().forEach(this::add);
    }

    private void add(GenericDescriptor symbol) {
        bySymbol.put(symbol.getFullName(), symbol.getFile());
    }

    ServerReflectionResponse answer(ServerReflectionRequest request) {
        ServerReflectionResponse.Builder response = ServerReflectionResponse.newBuilder()
                .setValidHost(request.getHost())
                .setOriginalRequest(request);
        switch (request.getMessageRequestCase()) {
            case LIST_SERVICES -> response.setListServicesResponse(services());
            case FILE_BY_FILENAME -> file(response, request.getFileByFilename(), byName);
            case FILE_CONTAINING_SYMBOL -> file(response, request.getFileContainingSymbol(), bySymbol);
            default ->
                error(
                        response,
                        GrpcStatus.UNIMPLEMENTED,
                        "request: " + request.getMessageRequestCase()
                                + " (expected: list_services, file_by_filename, or file_containing_symbol)");
        }
        return response.build();
    }

    private static ListServiceResponse services() {
        ListServiceResponse.Builder services = ListServiceResponse.newBuilder();
        for (FileDescriptor file : FILES) {
            for (ServiceDescriptor service : file.getServices()) {
                services.addService(ServiceResponse.newBuilder().setName(service.getFullName()));
            }
        }
        return services.build();
    }

    private static void file(
            ServerReflectionResponse.Builder response, String name, Map<String, FileDescriptor> files) {
        @Nullable FileDescriptor file = files.get(name);
        if (file == null) {
            error(response, GrpcStatus.NOT_FOUND, "unknown: " + RequestExcerpt.name(name));
        } else {
            response.setFileDescriptorResponse(FileDescriptorResponse.newBuilder()
                    .addFileDescriptorProto(file.toProto().toByteString()));
        }
    }

    private static void error(ServerReflectionResponse.Builder response, GrpcStatus status, String message) {
        response.setErrorResponse(
                ErrorResponse.newBuilder().setErrorCode(status.code).setErrorMessage(message));
    }
}
