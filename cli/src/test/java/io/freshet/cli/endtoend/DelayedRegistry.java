package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.freshet.job.source.RegistryAddress;
import io.freshet.job.source.RegistryClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A schema registry with one schema under two ids, one of which is answered late; others fail or are unknown. */
final class DelayedRegistry implements AutoCloseable {
    static final int KNOWN = 1;
    static final int LATE = 2;
    static final int FAILING = 3;
    static final int UNKNOWN = 4;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CompletableFuture<Void> requested = new CompletableFuture<>();
    private final CompletableFuture<Void> released = new CompletableFuture<>();
    private final HttpServer server;
    private final String schema;

    DelayedRegistry(String schema) throws IOException {
        this.schema = schema;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/schemas/ids/" + KNOWN, this::answer);
        server.createContext("/schemas/ids/" + LATE, exchange -> {
            requested.complete(null);
            released.join();
            answer(exchange);
        });
        server.createContext("/schemas/ids/" + FAILING, exchange -> respond(exchange, 503, ""));
        server.createContext(
                "/schemas/ids/" + UNKNOWN,
                exchange -> respond(exchange, 404, "{\"error_code\": 40403, \"message\": \"Schema not found\"}"));
        server.start();
    }

    RegistryClient client(Duration patience) {
        return RegistryClient.waiting(RegistryAddress.of(
                        "http://127.0.0.1:" + server.getAddress().getPort(), null, null))
                .withFirstPause(Duration.ofMillis(5))
                .withPatience(patience);
    }

    /** Waits until somebody asks for {@link #LATE}. */
    void awaitRequest() throws Exception {
        requested.get();
    }

    /** Answers {@link #LATE} from now on. */
    void release() {
        released.complete(null);
    }

    private void answer(HttpExchange exchange) throws IOException {
        respond(exchange, 200, new ObjectMapper().writeValueAsString(Map.of("schema", schema)));
    }

    private static void respond(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        release();
        server.stop(0);
        threads.shutdownNow();
    }
}
