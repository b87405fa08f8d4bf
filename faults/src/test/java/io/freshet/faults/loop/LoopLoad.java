package io.freshet.faults.loop;

import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Asks for predictions at a steady rate, and reports their outcomes: at once, late, corrected, twice, before the request, or
 * never. A request that fails is not repeated. An outcome is sent until the server accepts it, so some are stored twice.
 */
final class LoopLoad implements AutoCloseable {
    static final long WITHIN_MILLIS = 8_000;

    /** Both have a key, so the order of the samples of each key is fixed. */
    static final List<ModelSpec> SPECS = List.of(ModelSpec.parse("""
                    {name: clicks, label: y, key: c, features: {numeric: [a], hashBits: 6},
                     loss: binary-cross-entropy, optimizer: {type: sgd, learningRate: 0.05},
                     publish: {everySamples: 100, everyMillis: 300, minimumMillis: 0},
                     join: {within: 8s, after: 1s, grace: 10m, several: last, missing: negative}}
                    """), ModelSpec.parse("""
                    {name: revenue, label: y, key: c, features: {numeric: [a], hashBits: 4},
                     loss: mean-squared-error, optimizer: {type: sgd, learningRate: 0.01},
                     publish: {everySamples: 100, everyMillis: 300, minimumMillis: 0},
                     join: {within: 8s, after: 1s, grace: 10m, several: sum, missing: {label: 0}}}
                    """));

    private static final int KINDS = 8;
    private static final int KEYS = 5;
    private static final int TWO_ROWS_ONE_IN = 7;
    private static final long RETRY_MILLIS = 200;
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final HttpClient client = HttpClient.newHttpClient();
    private final ScheduledExecutorService asking = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService reporting = Executors.newScheduledThreadPool(4);
    private final AtomicInteger unreported = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final String server;
    private int next;
    private volatile @Nullable String rejection;
    private volatile String refusal = "none";

    /** @param rate requests per second */
    LoopLoad(String server, int rate) {
        this.server = server;
        Future<?> unused = asking.scheduleAtFixedRate(this::ask, 0, 1_000_000 / rate, TimeUnit.MICROSECONDS);
    }

    /** Returns the number of requests that were answered. */
    int answered() {
        return answered.get();
    }

    /** Returns the number of requests that failed, as they should while a process is down. */
    int refused() {
        return refused.get();
    }

    /** Returns why the last request failed. */
    String refusal() {
        return refusal;
    }

    /** Stops asking; outcomes of earlier requests are still reported. */
    void stop() {
        asking.shutdownNow();
    }

    boolean isReported() {
        if (rejection != null) {
            throw new IllegalStateException(rejection);
        }
        return asking.isTerminated() && unreported.get() == 0;
    }

    private void ask() {
        int number = next++;
        String id = "i-" + number;
        String model = SPECS.get(number / KINDS % SPECS.size()).name();
        long now = System.currentTimeMillis();
        boolean areTwo = number % TWO_ROWS_ONE_IN == 0;
        report(number % KINDS, model, areTwo ? id + "/0" : id, now);
        String body = """
                {"id": "%s", "inputs": [
                 {"name": "event_time", "datatype": "INT64", "shape": [%d], "data": [%s]},
                 {"name": "a", "datatype": "FP64", "shape": [%d], "data": [%s]},
                 {"name": "c", "datatype": "BYTES", "shape": [%d], "data": [%s]}]}
                """.formatted(
                        id,
                        areTwo ? 2 : 1,
                        areTwo ? now + ", " + now : now,
                        areTwo ? 2 : 1,
                        number % 17 / 10.0 - 0.8 + (areTwo ? ", 0.5" : ""),
                        areTwo ? 2 : 1,
                        "\"c" + number % KEYS + "\"" + (areTwo ? ", \"c0\"" : ""));
        Future<?> unused = client.sendAsync(post("/v2/models/" + model + "/infer", body), BodyHandlers.ofString())
                .whenComplete((response, e) -> {
                    if (e == null && response.statusCode() == 200) {
                        answered.incrementAndGet();
                    } else {
                        refused.incrementAndGet();
                        refusal = e == null ? response.body() : e.toString();
                    }
                });
    }

    private void report(int kind, String model, String id, long time) {
        switch (kind) {
            case 0 -> {}
            case 1 -> report(model, id, "o", 1, time + 200, 200);
            case 2 -> report(model, id, "o", 1, time + 3_000, 3_000);
            case 3 -> {
                report(model, id, "o", 1, time + 200, 200);
                report(model, id, "refund", 0, time + 4_000, 4_000);
            }
            case 4 -> report(model, id, "o", 1, time + 300, WITHIN_MILLIS + 4_000);
            case 5 -> {
                report(model, id, "o", 1, time + 500, 500);
                report(model, id, "o", 1, time + 500, 2_500);
            }
            case 6 -> report(model, id, "o", 1, time + 100, 0);
            default -> report(model, id, "o", 1, time + WITHIN_MILLIS + 1_000, WITHIN_MILLIS + 1_000);
        }
    }

    private void report(String model, String id, String outcome, int value, long time, long delayMillis) {
        unreported.incrementAndGet();
        String body = "{\"id\": \"%s\", \"outcome_id\": \"%s\", \"value\": %d, \"time\": %d}"
                .formatted(id, outcome, value, time);
        HttpRequest request = post("/v2/models/" + model + "/feedback", body);
        Future<?> unused = reporting.schedule(() -> send(request, body), delayMillis, TimeUnit.MILLISECONDS);
    }

    private void send(HttpRequest request, String body) {
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            if (response.statusCode() / 100 == 2) {
                unreported.decrementAndGet();
                return;
            }
            if (response.statusCode() / 100 == 4 && response.statusCode() != 404 && response.statusCode() != 429) {
                rejection = body + ": " + response.statusCode() + " " + response.body();
                return;
            }
        } catch (IOException e) {
            // The server is down, or was killed before it answered.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        Future<?> unused = reporting.schedule(() -> send(request, body), RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private HttpRequest post(String path, String body) {
        return HttpRequest.newBuilder(URI.create(server + path))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    @Override
    public void close() {
        asking.shutdownNow();
        reporting.shutdownNow();
    }
}
