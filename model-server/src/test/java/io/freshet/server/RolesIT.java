package io.freshet.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.server.access.AccessToken;
import io.freshet.server.access.Role;
import io.freshet.server.grpc.proto.ModelInferRequest;
import io.freshet.server.grpc.proto.RepositoryModelLoadRequest;
import io.freshet.server.grpc.proto.RepositoryModelUnloadRequest;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolesIT {
    private static final ServerOptions OPTIONS = ServerOptions.of("127.0.0.1:1").withAddress("127.0.0.1", 0);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static ModelServer server;

    @BeforeAll
    static void start() {
        server = ModelServer.start(OPTIONS.withTokens(List.of(
                new AccessToken("prometheus", "r", Set.of()),
                new AccessToken("shop", "p", Set.of(Role.PREDICT)),
                new AccessToken("feed", "l", Set.of(Role.LEARN, Role.PREDICT)),
                new AccessToken("operator", "a", Set.of(Role.ADMIN)))));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** A status other than 401 and 403 is that of a request that was let in. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET  | /metrics                       | r: 200, p: 200, l: 200, a: 200, x: 401
            GET  | /v2/models                     | r: 200, p: 200, l: 200, a: 200, x: 401
            POST | /v2/repository/index           | r: 200, p: 200, l: 200, a: 200, x: 401
            POST | /v2/models/m/infer             | r: 403, p: 503, l: 503, a: 403, x: 401
            POST | /v2/models/m/versions/1/infer  | r: 403, p: 503, l: 503, a: 403, x: 401
            POST | /v1/models/m:predict           | r: 403, p: 503, l: 503, a: 403, x: 401
            POST | /v1/models/m%3Apredict         | r: 403, p: 503, l: 503, a: 403, x: 401
            POST | /v1/models/m/versions/1:predict | r: 403, p: 503, l: 503, a: 403, x: 401
            POST | /v1/models/m/labels/stable:predict | r: 403, p: 503, l: 503, a: 403, x: 401
            POST | /v1/models/m                   | r: 403, p: 403, l: 403, a: 405, x: 401
            POST | /v1/models/../../v2/repository/models/m:predict/unload | r: 403, p: 403, l: 403, a: 404, x: 401
            POST | /v2/repository/models/m:predict/unload | r: 403, p: 403, l: 403, a: 404, x: 401
            GET  | /v1/models                     | r: 200, p: 200, l: 200, a: 200, x: 401
            POST | /v2/models/m/learn             | r: 403, p: 403, l: 404, a: 403, x: 401
            POST | /v2/models/m/feedback          | r: 403, p: 403, l: 404, a: 403, x: 401
            POST | /v2/repository/models/m/load   | r: 403, p: 403, l: 403, a: 404, x: 401
            POST | /v2/repository/models/m/unload | r: 403, p: 403, l: 403, a: 404, x: 401
            POST | /v2/repository/models/infer/unload | r: 403, p: 403, l: 403, a: 404, x: 401
            PUT  | /v2/repository/anything/else   | r: 403, p: 403, l: 403, a: 404, x: 401
            GET  | /v2/health/live                | r: 200, x: 200
            """)
    void a_request_needs_the_role_for_what_it_does(String method, String path, String statuses) throws Exception {
        for (String expected : statuses.split(", ")) {
            String token = expected.substring(0, 1);

            HttpResponse<String> response = send(server, method, path, "Authorization", "Bearer " + token);

            assertThat(token + ": " + response.statusCode()).as(response.body()).isEqualTo(expected);
        }
    }

    @Test
    void a_rejection_names_the_token_its_roles_and_the_missing_one() throws Exception {
        assertThat(send(server, "POST", "/v2/models/m/learn", "Authorization", "Bearer p")
                        .body())
                .isEqualTo("{\"error\":\"Authorization: shop has the roles predict (expected: the role learn)\"}");
        assertThat(send(server, "POST", "/v2/models/m/infer", "Authorization", "Bearer r")
                        .body())
                .isEqualTo("{\"error\":\"Authorization: prometheus has no role (expected: the role predict)\"}");
    }

    @Test
    void the_cookie_of_a_browser_has_the_roles_of_the_token() throws Exception {
        String here = "http://127.0.0.1:" + server.port();
        for (String expected : List.of("p: 403", "a: 404")) {
            String cookie = send(server, "POST", "/ui/session", "Authorization", "Bearer " + expected.charAt(0))
                    .headers()
                    .firstValue("Set-Cookie")
                    .orElseThrow()
                    .replaceFirst(";.*", "");

            int status = send(server, "POST", "/v2/repository/models/m/unload", "Cookie", cookie, "Origin", here)
                    .statusCode();

            assertThat(expected).endsWith(": " + status);
        }
    }

    @Test
    void grpc_checks_the_same_roles() {
        try (GrpcClient shop = new GrpcClient(server.port(), "p");
                GrpcClient operator = new GrpcClient(server.port(), "a")) {
            var infer = ModelInferRequest.newBuilder().setModelName("m").build();
            var load = RepositoryModelLoadRequest.newBuilder().setModelName("m").build();
            var unload =
                    RepositoryModelUnloadRequest.newBuilder().setModelName("m").build();

            assertThat(shop.failure("ModelInfer", infer)).startsWith("UNAVAILABLE: ");
            assertThat(shop.failure("RepositoryModelLoad", load))
                    .isEqualTo(
                            "PERMISSION_DENIED: Authorization: shop has the roles predict (expected: the role admin)");
            assertThat(shop.failure("RepositoryModelUnload", unload)).startsWith("PERMISSION_DENIED: ");
            assertThat(operator.failure("ModelInfer", infer)).startsWith("PERMISSION_DENIED: ");
            assertThat(operator.failure("RepositoryModelLoad", load)).startsWith("NOT_FOUND: ");
            assertThat(operator.failure("RepositoryModelUnload", unload)).startsWith("NOT_FOUND: ");
        }
    }

    @Test
    void over_grpc_only_the_questions_whether_the_server_is_live_and_ready_need_no_token() throws Exception {
        byte[] empty = new byte[5];
        for (String path : new String[] {"ServerLive", "ServerReady", "Check", "ServerMetadata", "Watch"}) {
            boolean isHealth = path.equals("Check") || path.equals("Watch");
            String service = isHealth ? "/grpc.health.v1.Health/" : "/inference.GRPCInferenceService/";
            try (RawHttp2 client = new RawHttp2(server.port(), new byte[0])) {
                client.send(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.grpc(service + path)));
                client.send(RawHttp2.frame(RawHttp2.DATA, RawHttp2.END_STREAM, 1, empty));
                Http2Headers answer = client.next();

                boolean isPublic = !path.equals("ServerMetadata") && !path.equals("Watch");
                assertThat(answer.get("grpc-status"))
                        .as(path)
                        .satisfies(status -> assertThat("16".contentEquals(status == null ? "" : status))
                                .isNotEqualTo(isPublic));
            }
        }
    }

    @Test
    void without_a_token_a_server_that_other_hosts_reach_cannot_be_changed() throws Exception {
        try (ModelServer open = ModelServer.start(OPTIONS.withAddress("0.0.0.0", 0))) {
            HttpResponse<String> response = send(open, "POST", "/v2/repository/models/m/load");

            assertThat(response.statusCode()).isEqualTo(403);
            assertThat(response.body()).startsWith("{\"error\":\"Authorization: the server has no token (expected: ");
            assertThat(send(open, "POST", "/v2/models/m/infer").statusCode()).isEqualTo(503);
            assertThat(send(open, "GET", "/metrics").statusCode()).isEqualTo(200);
            try (GrpcClient client = new GrpcClient(open.port())) {
                assertThat(client.failure(
                                "RepositoryModelUnload",
                                RepositoryModelUnloadRequest.newBuilder()
                                        .setModelName("m")
                                        .build()))
                        .startsWith("PERMISSION_DENIED: Authorization: the server has no token ");
            }
        }
    }

    private static HttpResponse<String> send(ModelServer to, String method, String path, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + to.port() + path))
                .header("Content-Type", "application/json")
                .method(method, method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString("{}"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }
}
