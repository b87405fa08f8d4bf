package io.freshet.cli.conformance;

import com.google.protobuf.Message;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Calls methods of gRPC on the server under test. */
final class GrpcServer implements AutoCloseable {
    static final String INFERENCE = "inference.GRPCInferenceService";

    private static final int TIMEOUT_SECONDS = 20;

    private final Vertx vertx = Vertx.vertx();
    private final GrpcClient client;
    private final SocketAddress address;
    private final @Nullable String token;

    /** @param url {@code http} for plaintext, {@code https} for TLS */
    GrpcServer(URI url, @Nullable String token) {
        boolean tls = "https".equals(url.getScheme());
        int port = url.getPort() >= 0 ? url.getPort() : tls ? 443 : 80;
        address = SocketAddress.inetSocketAddress(port, url.getHost());
        client = GrpcClient.client(
                vertx,
                new GrpcClientOptions().setMaxMessageSize(64 << 20),
                new HttpClientOptions().setSsl(tls).setUseAlpn(tls).setHttp2ClearTextUpgrade(false));
        this.token = token;
    }

    /** An error of gRPC. */
    static final class Status extends Exception {
        private static final long serialVersionUID = 1;

        private final GrpcStatus code;

        Status(GrpcStatus code, String message) {
            super(code + ": " + message);
            this.code = code;
        }

        GrpcStatus code() {
            return code;
        }
    }

    /**
     * Returns the response to a call.
     *
     * @param defaultResponse the default instance of the response's type
     *
     * @throws Status if the server responds with an error
     */
    <Q extends Message, R extends Message> R call(String service, String method, Q request, R defaultResponse)
            throws Exception {
        GrpcMessageEncoder<Q> encoder = GrpcMessageEncoder.encoder();
        GrpcMessageDecoder<R> decoder = GrpcMessageDecoder.decoder(defaultResponse);
        ServiceMethod<R, Q> called = ServiceMethod.client(ServiceName.create(service), method, encoder, decoder);
        GrpcClientRequest<Q, R> call = client.request(address, called).await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (token != null) {
            call.headers().set("authorization", "Bearer " + token);
        }
        var response = call.send(request).await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        // Also fails if the status is not OK, which is checked next.
        response.end().otherwiseEmpty().await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (response.status() != GrpcStatus.OK) {
            throw new Status(response.status(), String.valueOf(response.statusMessage()));
        }
        return response.last().await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        vertx.close();
    }
}
