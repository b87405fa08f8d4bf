package io.freshet.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.spec.ModelSpec;
import io.freshet.server.AllRoutes.Method;
import io.freshet.server.grpc.proto.RepositoryModelUnloadRequest;
import io.freshet.server.grpc.proto.ServerReadyRequest;
import io.freshet.server.grpc.proto.ServerReadyResponse;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Web pages of other sites, open in a browser that can reach the server. Would catch a page that unloads or labels a model
 * or sends rows to learn, and one that reads the answers after its name was bound to the server's address.
 *
 * @see <a href="https://fetch.spec.whatwg.org/#cors-safelisted-request-header">Fetch, types that a page can send</a>
 */
class BrowserAttackIT {
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");
    /** Those who start and stop servers ask by names that the server does not know. */
    private static final Set<String> HEALTH = Set.of("/v2/health/live", "/v2/health/ready");

    private static final String INFER = "/v2/models/m/infer";
    private static final String UNLOAD = "/v2/repository/models/m/unload";
    private static final String ROW = InferBodies.inputs(InferBodies.tensor("a", "[1]", "FP64", "[1]"));
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final String TOKEN = "Authorization: Bearer s3cret\r\n";
    private static final ServerOptions OPTIONS = ServerOptions.of("127.0.0.1:1")
            .withAddress("127.0.0.1", 0)
            .withKafka(Map.of("max.block.ms", "100"))
            .withWriting(new ServerOptions.Writing("freshet.samples", "freshet.outcomes", null))
            .withAllowedHosts(Set.of("models.example", "server", "ports.example:8443"));

    private static RunningServer server;
    private static RunningServer guarded;

    @BeforeAll
    static void start() {
        server = new RunningServer(OPTIONS);
        guarded = new RunningServer(OPTIONS.withToken("s3cret"));
        for (RunningServer each : List.of(server, guarded)) {
            each.publish(SPEC, 1);
        }
    }

    @AfterAll
    static void stop() {
        server.close();
        guarded.close();
    }

    static Set<Method> routes() throws Exception {
        return AllRoutes.of();
    }

    @ParameterizedTest
    @MethodSource("routes")
    void no_route_answers_a_page_of_another_site(Method route) throws Exception {
        for (String headers : List.of(
                "Origin: https://evil.example\r\n",
                "Origin: null\r\n",
                "Origin: http://localhost:" + (server.port() + 1) + "\r\n",
                "Origin: http://127.0.0.1:" + (server.port() + 1) + "\r\n",
                "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n",
                "Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: no-cors\r\n")) {
            for (String type : List.of("", "Content-Type: text/plain\r\n", JSON)) {
                assertThat(status(server, route, host(server) + headers + type))
                        .as(headers + type)
                        .isEqualTo(403);
                assertThat(status(guarded, route, host(guarded) + TOKEN + headers + type))
                        .as(headers + type)
                        .isEqualTo(403);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void no_route_answers_by_a_name_that_anyone_can_bind_to_the_address(Method route) throws Exception {
        for (String host :
                List.of("evil.example", "evil.example:" + server.port(), "localhost.evil.example", "1.evil")) {
            String headers = "Host: " + host + "\r\nOrigin: http://" + host + "\r\n" + JSON;
            int expected = HEALTH.contains(route.path()) ? 200 : 421;
            assertThat(status(server, route, headers)).as(host).isEqualTo(expected);
            assertThat(status(guarded, route, headers)).as(host).isEqualTo(expected);
        }
    }

    /** The reason names brokers and models, and a page under such a name could read it. */
    @Test
    void why_the_server_is_not_ready_is_for_those_who_name_it_or_have_a_token() throws Exception {
        String request = "GET /v2/health/ready HTTP/1.1\r\nConnection: close\r\n";
        String reason = "{\"ready\":false,\"reason\":\"no model is served yet\"}";
        try (RunningServer empty = new RunningServer(OPTIONS.withToken("s3cret"))) {
            String rebound = request + "Host: evil.example\r\n";
            assertThat(RawHttp.exchange(empty.port(), rebound + "\r\n").text()).isEqualTo("{\"ready\":false}");
            assertThat(RawHttp.exchange(empty.port(), rebound + TOKEN + "\r\n").text())
                    .isEqualTo(reason);
            assertThat(RawHttp.exchange(empty.port(), request + "Host: 127.0.0.1\r\n\r\n")
                            .text())
                    .isEqualTo(reason);
        }
    }

    /** Browsers send these types to any site without asking it, and old ones without an origin. */
    @Test
    void what_changes_the_server_needs_a_type_that_no_page_can_send() throws Exception {
        Set<String> unchanging = new TreeSet<>();
        for (Method route : routes()) {
            if (route.name().equals("POST")) {
                for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")) {
                    int status = status(server, route, host(server) + "Content-Type: " + type + "\r\n");
                    assertThat(status).as(route + " " + type).isIn(415, 400, 200);
                    if (status != 415) {
                        unchanging.add(route.path());
                    }
                }
                if (status(server, route, host(server)) != 415) {
                    unchanging.add(route.path());
                }
            }
        }

        assertThat(unchanging)
                .containsExactly(
                        "/v1/models/:model/labels/:label:predict",
                        "/v1/models/:model/versions/:version:predict",
                        "/v1/models/:model:predict",
                        "/v2/models/:model/infer",
                        "/v2/models/:model/versions/:version/infer",
                        "/v2/repository/index");
        assertThat(methods()).containsExactlyInAnyOrder("GET", "POST", "DELETE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:%d",
                "LOCALHOST.",
                "dev.localhost:%d",
                "127.0.0.1:%d",
                "127.9.9.9",
                "[::1]:%d",
                "192.168.0.7:8000",
                "[2001:db8::1]",
                "models.example",
                "Models.Example:443",
                "server:8000"
            })
    void answers_by_its_own_names_and_by_addresses(String host) throws Exception {
        String named = host.formatted(server.port());

        assertThat(post(UNLOAD.replace("/m/", "/none/"), "Host: " + named + "\r\n" + JSON, "{}")
                        .status())
                .isEqualTo(404);
        assertThat(post(INFER, "Host: " + named + "\r\nOrigin: http://" + named + "\r\n", ROW)
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost@evil.example",
                "localhost:80:evil.example",
                "evil.example:localhost",
                "0x7f.1",
                "[::1",
                ":"
            })
    void malformed_hosts_are_not_its_own(String host) throws Exception {
        assertThat(post(INFER, "Host: " + host + "\r\n", ROW).status()).isIn(400, 421);
    }

    /** A proxy that ends TLS may name the server as it knows it, while the page has the public name. */
    @Test
    void accepts_the_origins_of_configured_names() throws Exception {
        String server = "Host: server:8000\r\n" + JSON;

        assertThat(post(INFER, server + "Origin: https://models.example\r\n", ROW)
                        .status())
                .isEqualTo(200);
        assertThat(post(INFER, server + "Origin: https://models.example.evil.example\r\n", ROW)
                        .status())
                .isEqualTo(403);
        for (String other :
                List.of("https://models.example:8443", "ftp://models.example", "http://models.example:800")) {
            assertThat(post(INFER, server + "Origin: " + other + "\r\n", ROW).status())
                    .as(other)
                    .isEqualTo(403);
        }
        for (String own : List.of("http://models.example:8000", "http://SERVER", "https://ports.example:8443")) {
            assertThat(post(INFER, server + "Origin: " + own + "\r\n", ROW).status())
                    .as(own)
                    .isEqualTo(200);
        }
        assertThat(post(INFER, "Host: ports.example:1\r\n" + JSON, ROW).status())
                .isEqualTo(200);
        assertThat(post(INFER, server + "Origin: http://localhost:8000\r\n", ROW)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void a_link_on_another_site_opens_the_page() throws Exception {
        String link = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n";
        String page = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + link + "\r\n";

        assertThat(RawHttp.exchange(server.port(), page).status()).isEqualTo(200);
        assertThat(post(INFER, "Host: localhost\r\n" + link, ROW).status()).isEqualTo(403);
    }

    /** No browser sends a token by itself, so a client that has one may use any name. */
    @Test
    void a_token_is_as_good_as_a_name() throws Exception {
        String request = "GET /v2 HTTP/1.1\r\nHost: anything.example\r\nConnection: close\r\n";

        assertThat(RawHttp.exchange(guarded.port(), request + TOKEN + "\r\n").status())
                .isEqualTo(200);
        assertThat(RawHttp.exchange(guarded.port(), request + "Authorization: Bearer guess\r\n\r\n")
                        .status())
                .isEqualTo(421);
        assertThat(RawHttp.exchange(guarded.port(), request + "\r\n").status()).isEqualTo(421);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Host: evil.example:8000                        | 421 Host: evil.example:8000 (expected: an IP address, localhost, a name of --allowed-hosts, or a token)
            Host: localhost#Origin: null                   | 403 Origin: null (expected: a page of localhost, or of a name of --allowed-hosts)
            Host: localhost:1#Origin: http://evil.example  | 403 Origin: http://evil.example (expected: a page of localhost:1, or of a name of --allowed-hosts)
            Host: localhost#Sec-Fetch-Site: cross-site     | 403 Sec-Fetch-Site: cross-site (expected: same-origin or none)
            Host: localhost                                | 415 Content-Type: missing (expected: application/json)
            Host: localhost#Content-Type: text/plain       | 415 Content-Type: text/plain (expected: application/json)
            """)
    void says_what_was_expected_and_which_option_to_set(String headers, String error) throws Exception {
        RawHttp.Response response = post(UNLOAD, headers.replace("#", "\r\n") + "\r\n", "{}");

        assertThat(response.status() + " " + response.error()).isEqualTo(error);
    }

    @Test
    void long_hosts_are_quoted_in_part() throws Exception {
        String host = "a".repeat(5_000) + ".localhost";

        assertThat(post(INFER, "Host: " + host + "\r\nOrigin: null\r\n", ROW).error())
                .isEqualTo("Origin: null (expected: a page of " + "a".repeat(60)
                        + "..., or of a name of --allowed-hosts)");
    }

    @Test
    void grpc_has_the_same_rule() {
        var unload =
                RepositoryModelUnloadRequest.newBuilder().setModelName("none").build();
        try (GrpcClient rebound = client(server, "evil.example");
                GrpcClient own = client(server, "server:8000")) {
            assertThat(rebound.failure("RepositoryModelUnload", unload))
                    .startsWith("PERMISSION_DENIED: Host: evil.example (expected: ");
            assertThat(own.failure("RepositoryModelUnload", unload)).startsWith("NOT_FOUND: ");
            assertThat(rebound.call(
                                    "ServerReady",
                                    ServerReadyRequest.getDefaultInstance(),
                                    ServerReadyResponse.getDefaultInstance())
                            .getReady())
                    .isTrue();
        }
    }

    private static GrpcClient client(RunningServer to, String authority) {
        return new GrpcClient(NettyChannelBuilder.forAddress("127.0.0.1", to.port())
                .usePlaintext()
                .overrideAuthority(authority));
    }

    private static Set<String> methods() throws Exception {
        return routes().stream().map(Method::name).collect(Collectors.toSet());
    }

    private static int status(RunningServer to, Method route, String headers) throws IOException {
        String path =
                route.path().replace(":model", "m").replace(":version", "1").replace(":label", "stable");
        return RawHttp.exchange(
                        to.port(),
                        route.name() + " " + path + " HTTP/1.1\r\n" + headers
                                + "Content-Length: 2\r\nConnection: close\r\n\r\n{}")
                .status();
    }

    private static String host(RunningServer server) {
        return "Host: localhost:" + server.port() + "\r\n";
    }

    private static RawHttp.Response post(String path, String headers, String body) throws IOException {
        return RawHttp.exchange(
                server.port(),
                ("POST " + path + " HTTP/1.1\r\n" + headers + "Content-Length: " + body.length()
                                + "\r\nConnection: close\r\n\r\n" + body)
                        .getBytes(UTF_8));
    }
}
