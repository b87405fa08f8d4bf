package io.freshet.job.registry;

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

/** A schema registry on loopback: what it answers by path, once each from a queue before that. */
public final class FakeRegistry implements AutoCloseable {
    static final String NOT_FOUND = "{\"error_code\": 40403, \"message\": \"Schema not found\"}";

    private final HttpServer server;
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final Queue<Integer> failures = new ConcurrentLinkedQueue<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile String authorization = "";

    public FakeRegistry() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public void put(String path, String answer) {
        answers.put(path, answer);
    }

    /** Answers the next request with a status and nothing. */
    public void failOnce(int status) {
        failures.add(status);
    }

    /** Answers only who sends this header. */
    public void require(String header) {
        authorization = header;
    }

    public List<String> requests() {
        return requests;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath();
            requests.add(path);
            Integer failure = failures.poll();
            String sent = exchange.getRequestHeaders().getFirst("Authorization");
            if (failure != null) {
                exchange.sendResponseHeaders(failure, -1);
            } else if (!authorization.isEmpty() && !authorization.equals(sent)) {
                exchange.sendResponseHeaders(401, -1);
            } else {
                byte[] answer = answers.getOrDefault(path, NOT_FOUND).getBytes(UTF_8);
                exchange.sendResponseHeaders(answers.containsKey(path) ? 200 : 404, answer.length);
                exchange.getResponseBody().write(answer);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
