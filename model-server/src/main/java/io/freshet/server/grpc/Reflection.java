package io.freshet.server.grpc;

import io.freshet.server.grpc.proto.HealthProto;
import io.freshet.server.grpc.proto.InferenceProto;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.reflection.ReflectionService;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.Service;

/** Describes the services to clients that ask, such as grpcurl. */
final class Reflection {
    private static final String PREFIX = "/grpc.reflection.";

    private final GrpcServer server;

    Reflection(Vertx vertx) {
        server = GrpcServer.server(vertx)
                .addService(Service.service(
                                ServiceName.create(ProtocolCalls.SERVICE),
                                InferenceProto.getDescriptor().findServiceByName("GRPCInferenceService"))
                        .build())
                .addService(Service.service(
                                ServiceName.create(ProtocolCalls.HEALTH),
                                HealthProto.getDescriptor().findServiceByName("Health"))
                        .build())
                .addService(ReflectionService.v1());
    }

    /** Returns whether a request is for this service. The library cannot limit the size of compressed messages. */
    boolean accepts(HttpServerRequest request) {
        return request.path().startsWith(PREFIX) && request.getHeader("grpc-encoding") == null;
    }

    void handle(HttpServerRequest request) {
        server.handle(request);
    }
}
