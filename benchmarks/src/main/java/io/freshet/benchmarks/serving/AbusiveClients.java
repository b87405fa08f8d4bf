package io.freshet.benchmarks.serving;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that misbehave in different ways, as long as this is open. Counts the statuses that they get. */
final class AbusiveClients implements AutoCloseable {
    private static final int IDLE_CONNECTIONS = 1_000;
    private static final int TIMEOUT_MILLIS = 15_000;
    private static final int PAUSE_MILLIS = 20;

    private final int port;
    private final String path;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Socket> idle = new ArrayList<>();
    private final Map<String, AtomicLong> statuses = new ConcurrentSkipListMap<>();
    private volatile boolean closed;

    /** What one client sends, over and over. */
    private interface Abuse {
        void run(Socket socket, Random random) throws IOException, InterruptedException;
    }

    /** @param path of an inference request */
    AbusiveClients(int port, String path) throws IOException {
        this.port = port;
        this.path = path;
        for (int i = 0; i < IDLE_CONNECTIONS; i++) {
            idle.add(new Socket("127.0.0.1", port));
        }
        start("random bytes", (socket, random) -> {
            byte[] bytes = new byte[random.nextInt(2_000)];
            random.nextBytes(bytes);
            socket.getOutputStream().write(bytes);
        });
        start("random body", (socket, random) -> {
            byte[] body = new byte[random.nextInt(2_000)];
            random.nextBytes(body);
            post(socket, body.length);
            socket.getOutputStream().write(body);
        });
        start("deep nesting", (socket, random) -> {
            byte[] body = ("{\"inputs\": " + "[".repeat(100_000)).getBytes(StandardCharsets.UTF_8);
            post(socket, body.length);
            socket.getOutputStream().write(body);
        });
        start("oversize", (socket, random) -> post(socket, 1 << 30));
        start("trickled body", (socket, random) -> {
            post(socket, 10_000);
            for (int i = 0; i < 20 && !closed; i++) {
                socket.getOutputStream().write(' ');
                Thread.sleep(PAUSE_MILLIS);
            }
        });
        start("large head", (socket, random) -> {
            OutputStream to = socket.getOutputStream();
            to.write("GET /v2 HTTP/1.1\r\n".getBytes(StandardCharsets.UTF_8));
            to.write(("x: " + "y".repeat(100_000)).getBytes(StandardCharsets.UTF_8));
        });
        start("chunk flood", (socket, random) -> {
            OutputStream to = socket.getOutputStream();
            to.write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            to.write("1\r\n \r\n".repeat(20_000).getBytes(StandardCharsets.UTF_8));
        });
    }

    /** Describes the statuses that each kind of client got; 0 if the connection was closed without one. */
    String statuses() {
        StringBuilder text = new StringBuilder();
        statuses.forEach((status, count) -> text.append(text.isEmpty() ? "" : ", ")
                .append(status)
                .append(": ")
                .append(count));
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        threads.shutdownNow();
        for (Socket socket : idle) {
            socket.close();
        }
    }

    private void start(String name, Abuse abuse) {
        threads.execute(() -> {
            Random random = new Random(name.hashCode());
            while (!closed) {
                count(name, attempt(abuse, random));
                try {
                    Thread.sleep(PAUSE_MILLIS);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
    }

    private int attempt(Abuse abuse, Random random) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            try {
                abuse.run(socket, random);
            } catch (IOException closedByServer) {
                // It may have answered before.
            }
            socket.shutdownOutput();
            return status(socket.getInputStream());
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    private static int status(InputStream from) throws IOException {
        String line = new String(from.readNBytes("HTTP/1.1 200".length()), StandardCharsets.ISO_8859_1);
        return line.matches("HTTP/1\\.\\d \\d{3}") ? Integer.parseInt(line.substring(9)) : 0;
    }

    private void post(Socket socket, int bytes) throws IOException {
        socket.getOutputStream()
                .write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + bytes + "\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private void count(String name, int status) {
        statuses.computeIfAbsent(name + " " + status, key -> new AtomicLong()).incrementAndGet();
    }
}
