package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.ListenableFuture;
import io.freshet.server.grpc.proto.RepositoryModelUnloadRequest;
import io.freshet.server.grpc.proto.RepositoryModelUnloadResponse;
import io.freshet.server.grpc.proto.ServerLiveRequest;
import io.freshet.server.grpc.proto.ServerLiveResponse;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests to the repository that wait for the store. Would catch a protocol whose requests are not counted. */
@Timeout(60)
class RepositoryAdmissionIT {
    private static final int MOST = 64;
    private static final RepositoryModelUnloadRequest UNLOAD =
            RepositoryModelUnloadRequest.newBuilder().setModelName("none").build();
    private static final MethodDescriptor<RepositoryModelUnloadRequest, RepositoryModelUnloadResponse> METHOD =
            MethodDescriptor.<RepositoryModelUnloadRequest, RepositoryModelUnloadResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(GrpcClient.SERVICE + "/RepositoryModelUnload")
                    .setRequestMarshaller(ProtoUtils.marshaller(RepositoryModelUnloadRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(RepositoryModelUnloadResponse.getDefaultInstance()))
                    .build();

    @Test
    void both_protocols_share_a_bounded_number_of_places() throws Exception {
        try (RunningServer server = new RunningServer();
                GrpcClient first = new GrpcClient(server.port());
                GrpcClient second = new GrpcClient(server.port())) {
            List<Future<?>> calls = new ArrayList<>();
            synchronized (server.store) {
                for (int i = 0; i < MOST; i++) {
                    calls.add(unload(first));
                }
                calls.add(unload(second));
                await().until(() -> calls.stream().anyMatch(Future::isDone));

                assertThat(calls.stream().filter(Future::isDone).map(RepositoryAdmissionIT::failure))
                        .containsExactly(
                                "UNAVAILABLE: requests to the repository in flight: 65 (expected: up to 64; try again)");
                assertThat(server.post("/v2/repository/index", "{}").statusCode())
                        .isEqualTo(503);
                assertThat(second.call(
                                        "ServerLive",
                                        ServerLiveRequest.getDefaultInstance(),
                                        ServerLiveResponse.getDefaultInstance())
                                .getLive())
                        .isTrue();
            }
            assertThat(calls.stream().map(RepositoryAdmissionIT::failure))
                    .filteredOn(failure -> failure.startsWith("NOT_FOUND: model: none"))
                    .hasSize(MOST);
            assertThat(server.post("/v2/repository/index", "{}").statusCode()).isEqualTo(200);
        }
    }

    private static ListenableFuture<?> unload(GrpcClient client) {
        return ClientCalls.futureUnaryCall(client.channel().newCall(METHOD, CallOptions.DEFAULT), UNLOAD);
    }

    private static String failure(Future<?> call) {
        try {
            return "a response: " + call.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            StatusRuntimeException failure = (StatusRuntimeException) e.getCause();
            return failure.getStatus().getCode() + ": " + failure.getStatus().getDescription();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
