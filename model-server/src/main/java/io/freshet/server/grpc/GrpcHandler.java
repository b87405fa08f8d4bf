package io.freshet.server.grpc;

import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import io.freshet.server.access.Access;
import io.freshet.server.access.HealthCheck;
import io.freshet.server.access.Role;
import io.freshet.server.body.RequestException;
import io.freshet.server.body.RequestExcerpt;
import io.freshet.server.body.Responses;
import io.freshet.server.grpc.proto.HealthCheckRequest;
import io.freshet.server.http.Admission;
import io.freshet.server.http.BodyReader;
import io.freshet.server.http.ErrorResponses;
import io.freshet.server.http.Limits;
import io.freshet.server.http.ModelRepository;
import io.freshet.server.http.ServingContext;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Handles the requests of gRPC: HTTP/2 with a content type of {@code application/grpc}.
 *
 * <p>Unary calls read their bodies as REST does, with the same limits on size, time, and memory. A gRPC library would
 * hand over a message only when it is complete, and decompress it without a limit.
 */
public final class GrpcHandler implements Handler<HttpServerRequest> {
    private static final String INFER = "/" + ProtocolCalls.SERVICE + "/ModelInfer";
    /** Start of the paths of calls that change what the server serves. */
    private static final String ADMIN = "/" + ProtocolCalls.SERVICE + "/RepositoryModel";

    private static final String WATCH = "/" + ProtocolCalls.HEALTH + "/Watch";
    /** Of a health check, in bytes: it contains the name of a service. */
    private static final int HEALTH_BODY = 1 << 10;
    /** Of all health checks, in bytes. */
    private static final int HEALTH_HELD = 16 << 20;

    private static final Set<String> CONTENT_TYPES = Set.of("application/grpc", "application/grpc+proto");

    private final Vertx vertx;
    private final ServingContext serving;
    private final Access access;
    private final GrpcReplies replies;
    private final ProtocolCalls protocol;
    private final Watches watches = new Watches();
    /** Of the calls that need no token. Those that fill the memory of the others must not make the server look dead. */
    private final Bounds health;
    /** What handles the calls of each method, by its path. */
    private final Map<String, Handler<HttpServerRequest>> methods = new HashMap<>();

    /** What limits the calls of a kind. */
    private record Bounds(Limits limits, BodyReader bodies, Admission admission) {
        static Bounds of(Limits limits, Admission admission) {
            return new Bounds(limits, new BodyReader(limits), admission);
        }
    }

    /** @param access checks all calls except those that ask whether the server is live or ready */
    public GrpcHandler(
            Vertx vertx,
            ServingContext serving,
            ProtocolCalls calls,
            Access access,
            Responses responses,
            ErrorResponses errors) {
        this.vertx = vertx;
        this.serving = serving;
        this.access = access;
        replies = new GrpcReplies(responses, errors);
        protocol = calls;
        Limits limits = ModelRepository.limits(serving.limits());
        health = Bounds.of(
                limits.withBodyBytes(HEALTH_BODY), new Admission("health checks", Integer.MAX_VALUE, HEALTH_HELD));
        Bounds plain = Bounds.of(limits, serving.admission());
        Bounds blocking = Bounds.of(limits, calls.admission());
        calls.byPath().forEach((path, call) -> {
            Bounds bounds = call.blocks() ? blocking : HealthCheck.isAt(path) ? health : plain;
            methods.put(path, request -> run(request, call, bounds));
        });
        methods.put(INFER, request -> new InferCall(serving, request, replies).run(vertx));
        methods.put(WATCH, this::watch);
        Reflection reflection = new Reflection();
        for (String path : ReflectionCall.PATHS) {
            methods.put(
                    path,
                    request -> new ReflectionCall(
                                    reflection,
                                    vertx,
                                    request,
                                    replies,
                                    serving.limits().requestTime())
                            .run());
        }
    }

    /** Returns whether a request is one of gRPC. */
    public static boolean accepts(HttpServerRequest request) {
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return type != null
                && request.version() == HttpVersion.HTTP_2
                && request.method().equals(HttpMethod.POST)
                && CONTENT_TYPES.contains(type.split(";", 2)[0].strip());
    }

    @Override
    public void handle(HttpServerRequest request) {
        String path = request.path();
        if (!HealthCheck.isAt(path)) {
            try {
                access.require(access.find(request.getHeader(HttpHeaders.AUTHORIZATION)), role(path));
            } catch (RequestException e) {
                replies.fail(request, e);
                return;
            }
        }
        Handler<HttpServerRequest> method = methods.get(path);
        if (method != null) {
            method.handle(request);
        } else {
            replies.fail(
                    request,
                    RequestException.of(
                            501,
                            "method: " + RequestExcerpt.name(path) + " (expected: one of " + ProtocolCalls.SERVICE
                                    + ")"));
        }
    }

    /** Responds to a request that is not handled. */
    public void reject(HttpServerRequest request, RequestException problem) {
        replies.fail(request, problem);
    }

    /** Returns the role that a call needs; null if it only reads. */
    private static @Nullable Role role(String path) {
        if (path.equals(INFER)) {
            return Role.PREDICT;
        }
        return path.startsWith(ADMIN) ? Role.ADMIN : null;
    }

    private <T extends Message> void run(HttpServerRequest request, UnaryCall<T> call, Bounds bounds) {
        Admission.Ticket ticket = bounds.admission().enter();
        bounds.bodies()
                .read(request, vertx, ticket)
                .compose(body -> {
                    Callable<byte[]> answer =
                            () -> GrpcMessage.write(call.action().run(message(request, body, bounds, call.parser())));
                    return call.blocks()
                            ? ticket.run(0, () -> vertx.executeBlocking(answer, false))
                            : serving.executor().run(true, answer);
                })
                .onComplete(done -> ticket.release())
                .compose(body -> replies.response(request).send(body))
                .onFailure(failure -> replies.fail(request, failure));
    }

    private void watch(HttpServerRequest request) {
        Admission.Ticket ticket = health.admission().enter();
        health.bodies()
                .read(request, vertx, ticket)
                .compose(body -> serving.executor().run(true, () -> {
                    String service = message(request, body, health, HealthCheckRequest.parser())
                            .getService();
                    watches.add(request, vertx, replies.response(request), () -> protocol.status(service));
                    return null;
                }))
                .onFailure(failure -> replies.fail(request, failure))
                .onComplete(end -> ticket.release());
    }

    private static <T extends Message> T message(
            HttpServerRequest request, Buffer body, Bounds bounds, Parser<T> parser) throws RequestException {
        return GrpcMessage.read(
                body, request.getHeader("grpc-encoding"), bounds.limits().bodyBytes(), parser);
    }

    /** Ends the calls that never end by themselves. */
    public void close() {
        watches.close();
    }
}
