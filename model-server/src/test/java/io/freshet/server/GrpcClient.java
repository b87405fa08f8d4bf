package io.freshet.server;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.concurrent.TimeUnit;

/** Calls a server with gRPC's own client, which shares no code with the server. */
final class GrpcClient implements AutoCloseable {
    static final String SERVICE = "inference.GRPCInferenceService";

    private final ManagedChannel channel;

    GrpcClient(int port) {
        this(NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext());
    }

    GrpcClient(int port, String token) {
        this(NettyChannelBuilder.forAddress("127.0.0.1", port)
                .usePlaintext()
                .intercept(MetadataUtils.newAttachHeadersInterceptor(authorization(token))));
    }

    GrpcClient(NettyChannelBuilder builder) {
        channel = builder.maxInboundMessageSize(64 << 20).build();
    }

    /** Calls a method of the inference service. */
    <T extends Message> T call(String method, Message request, T response) {
        return call(SERVICE, method, request, response, CallOptions.DEFAULT);
    }

    @SuppressWarnings("unchecked")
    <T extends Message> T call(String service, String method, Message request, T response, CallOptions options) {
        MethodDescriptor<Message, T> descriptor = MethodDescriptor.<Message, T>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(service + "/" + method)
                .setRequestMarshaller((MethodDescriptor.Marshaller<Message>)
                        ProtoUtils.marshaller(request.getDefaultInstanceForType()))
                .setResponseMarshaller(ProtoUtils.marshaller(response))
                .build();
        return ClientCalls.blockingUnaryCall(
                channel, descriptor, options.withDeadlineAfter(20, TimeUnit.SECONDS), request);
    }

    /** Returns the status and message of a call that must fail: {@code NOT_FOUND: ...}. */
    String failure(String method, Message request) {
        try {
            Message response = call(method, request, request.getDefaultInstanceForType());
            throw new AssertionError("a response: " + response);
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() + ": " + e.getStatus().getDescription();
        }
    }

    ManagedChannel channel() {
        return channel;
    }

    private static Metadata authorization(String token) {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return metadata;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
