package io.freshet.cli.dev;

import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;

/**
 * The example that {@code demo} runs: two models and a stream of flights with their labels.
 *
 * @param rate flights per second
 * @param replicas of the model without a key; 0 for one learner
 * @param browser whether to open the page
 * @param start of the demo, as {@link System#nanoTime}
 */
record Demo(int rate, int replicas, boolean browser, long start, PrintWriter out) implements Program {
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(100);

    /** Returns the number of partitions, one for each replica. */
    int partitions() {
        return Math.max(1, replicas);
    }

    @Override
    public List<Path> specifications(Path directory) throws IOException {
        return List.of(
                Files.writeString(directory.resolve("delays.yaml"), delays()),
                Files.writeString(directory.resolve("delays-by-origin.yaml"), Examples.yaml("delays-by-origin.yaml")));
    }

    /** Returns the model without a key. A round of its replicas has as many samples as a window. */
    private String delays() throws IOException {
        String alone = Examples.yaml("delays.yaml");
        if (replicas == 0) {
            return alone;
        }
        int period = Math.max(1, ModelSpec.parse(alone).window() / replicas);
        return alone + "\nreplicas: {count: " + replicas + ", period: " + period + "}\n";
    }

    @Override
    public void send(RunningStack stack) throws Exception {
        Path file = Examples.copy("flights.csv.gz", stack.directory());
        try (Producer<byte[], byte[]> producer = stack.kafka().producer(Map.of())) {
            new ExampleStream(file, stack.models(), stack.topics().samples(), partitions(), rate)
                    .play(producer, stack.server()::notice);
        }
    }

    /** Waits for the first prediction, prints it, and opens the page. */
    @Override
    public void awaitReady(RunningStack stack) throws Exception {
        ModelSpec delays = stack.models().get(0);
        HttpClient client = HttpClient.newHttpClient();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(stack.serverAddress() + "/v2/models/" + delays.name() + "/infer"))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(new ExampleQuery(delays, Flight.EXAMPLE).request()))
                .build();
        long end = System.nanoTime() + READY_TIMEOUT.toNanos();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        while (response.statusCode() != 200) {
            if (System.nanoTime() > end) {
                throw new IOException(
                        "no prediction within " + READY_TIMEOUT.toSeconds() + " s; last response: " + response.body());
            }
            Thread.sleep(POLL.toMillis());
            stack.requireRunning();
            response = client.send(request, HttpResponse.BodyHandlers.ofString());
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        out.println(String.format(
                Locale.ROOT,
                "first prediction after %.1f s: %s",
                seconds,
                response.body().strip()));
        if (browser) {
            Browser.open(URI.create(stack.serverAddress() + "/"));
        }
    }

    @Override
    public Map<String, Object> values() {
        return Flight.EXAMPLE;
    }

    /** Shows what a version has learned, and reproduces it. */
    @Override
    public List<String> commands(RunningStack stack) {
        return List.of("status", "history delays", "replay delays");
    }
}
