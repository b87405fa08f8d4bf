package io.freshet.job.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A schema registry on loopback with a fixed response for each path. Queued failures are returned first, once each. */
public final class FakeRegistry implements AutoCloseable {
    static final String NOT_FOUND = "{\"error_code\": 40403, \"message\": \"Schema not found\"}";

    private final HttpServer server;
    private final Map<String, String> responses = new ConcurrentHashMap<>();
    private final Map<String, Integer> statuses = new ConcurrentHashMap<>();
    private final Queue<Integer> failures = new ConcurrentLinkedQueue<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private volatile String authorization = "";

    public FakeRegistry() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::respond);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public void put(String path, String response) {
        responses.put(path, response);
        statuses.remove(path);
    }

    /** Responds to all requests for a path with a status and no body. */
    void fail(String path, int status) {
        statuses.put(path, status);
    }

    /** Responds to the next request with a status and no body. */
    void failOnce(int status) {
        failures.add(status);
    }

    /** Accepts only requests with this {@code Authorization} header. */
    void require(String header) {
        authorization = header;
    }

    public List<String> requests() {
        return requests;
    }

    /** Returns the body of each request; empty for one without. */
    public List<String> bodies() {
        return bodies;
    }

    private void respond(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath();
            requests.add(path);
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            Integer failure = failures.isEmpty() ? statuses.get(path) : failures.poll();
            String sent = exchange.getRequestHeaders().getFirst("Authorization");
            if (failure != null) {
                exchange.sendResponseHeaders(failure, -1);
            } else if (!authorization.isEmpty() && !authorization.equals(sent)) {
                exchange.sendResponseHeaders(401, -1);
            } else {
                byte[] response = responses.getOrDefault(path, NOT_FOUND).getBytes(UTF_8);
                exchange.sendResponseHeaders(responses.containsKey(path) ? 200 : 404, response.length);
                exchange.getResponseBody().write(response);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
