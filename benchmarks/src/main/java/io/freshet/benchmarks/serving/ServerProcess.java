package io.freshet.benchmarks.serving;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server in a process of its own, so that its CPU time can be read. */
final class ServerProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);
    private static final int POLL_MILLIS = 50;

    private final Process process;
    private final int port;

    private ServerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** @param arguments of the class; {@code PORT} stands for the port on which it must listen */
    static ServerProcess start(Class<?> main, String... arguments) throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseParallelGC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        for (String argument : arguments) {
            command.add(argument.replace("PORT", Integer.toString(port)));
        }
        ServerProcess server =
                new ServerProcess(new ProcessBuilder(command).inheritIO().start(), port);
        server.awaitPort();
        return server;
    }

    /** Waits until a model server is ready to predict. */
    void awaitReady() throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest ready = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v2/health/ready"))
                .build();
        while (client.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    int port() {
        return port;
    }

    /** Returns the CPU time of the process so far. */
    Duration cpuTime() {
        return process.toHandle().info().totalCpuDuration().orElseThrow();
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }

    private void awaitPort() throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (true) {
            try (Socket connected = new Socket("127.0.0.1", port)) {
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() - start > START.toNanos()) {
                    close();
                    throw e;
                }
                Thread.sleep(POLL_MILLIS);
            }
        }
    }
}
