package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.grpc.proto.HealthCheckRequest;
import io.freshet.server.grpc.proto.HealthCheckResponse;
import io.freshet.server.grpc.proto.HealthCheckResponse.ServingStatus;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code grpc.health.v1.Health/Watch}: a status, and another one whenever it changes. */
@Timeout(60)
class HealthWatchIT {
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
    private static final MethodDescriptor<HealthCheckRequest, HealthCheckResponse> WATCH =
            MethodDescriptor.<HealthCheckRequest, HealthCheckResponse>newBuilder()
                    .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                    .setFullMethodName("grpc.health.v1.Health/Watch")
                    .setRequestMarshaller(ProtoUtils.marshaller(HealthCheckRequest.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(HealthCheckResponse.getDefaultInstance()))
                    .build();

    private final RunningServer server = new RunningServer();
    private final GrpcClient client = new GrpcClient(server.port());

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void sends_the_status_now_and_after_a_change() {
        Iterator<HealthCheckResponse> statuses = watch("");

        assertThat(statuses.next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
        server.publish(Published.records(SPEC, "", 1, 0, 1));
        assertThat(statuses.next().getStatus()).isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void reports_an_unknown_service_without_ending_the_call() {
        assertThat(watch("nonsense").next().getStatus()).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
        assertThat(watch(GrpcClient.SERVICE).next().getStatus()).isEqualTo(ServingStatus.NOT_SERVING);
    }

    @Test
    void ends_when_the_server_closes() {
        Iterator<HealthCheckResponse> statuses = watch("");
        statuses.next();

        server.close();

        assertThatThrownBy(statuses::hasNext)
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessage("UNAVAILABLE: the server is closing");
    }

    private Iterator<HealthCheckResponse> watch(String service) {
        return ClientCalls.blockingServerStreamingCall(
                client.channel(),
                WATCH,
                CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                HealthCheckRequest.newBuilder().setService(service).build());
    }
}
