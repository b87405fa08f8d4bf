package io.freshet.benchmarks.serving;

import io.freshet.benchmarks.JavaProcess;
import io.freshet.cli.embedded.EmbeddedKafka;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares the model server with a bare handler, and latencies with and without swaps. */
@Command(
        name = "serving-benchmark",
        description = "Compares the model server with a bare handler, and latencies with and without swaps.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class ServingBenchmark implements Callable<Integer> {
    /** About what the server returns for one row over gRPC. */
    private static final int GRPC_RESPONSE_BYTES = 250;

    private static final int POLL_MILLIS = 50;

    @Option(names = "--seconds", description = "Duration of each run.")
    private int seconds = 5;

    @Option(names = "--rounds", description = "Runs of each server, which take turns.")
    private int rounds = 3;

    @Option(names = "--swap-millis", description = "Time between two swaps.")
    private int swapMillis = 50;

    private final HttpClient client = HttpClient.newHttpClient();

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ServingBenchmark()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
                ServedModels models = new ServedModels(kafka.bootstrapServers());
                JavaProcess server = JavaProcess.start(ServerProgram.class, kafka.bootstrapServers())) {
            awaitReady(server);
            List<Result> results = new ArrayList<>();
            for (ServingRequest request : ServingRequest.all()) {
                results.add(compare(request, server));
            }
            compareSwaps(models, server, results);
        }
        return 0;
    }

    /** @param fastest responses per second of the server in its fastest run */
    private record Result(ServingRequest request, double fastest) {}

    /** @param cpuMicros CPU time of the server per request */
    private record Rate(double perSecond, double cpuMicros) {}

    private Result compare(ServingRequest request, JavaProcess server) throws Exception {
        int bytes = request.isGrpc() ? GRPC_RESPONSE_BYTES : responseBytes(request, server.address());
        List<Rate> bareRates = new ArrayList<>();
        List<Rate> rates = new ArrayList<>();
        try (JavaProcess bare = JavaProcess.start(
                BareServer.class, Integer.toString(bytes), Integer.toString(GRPC_RESPONSE_BYTES))) {
            // The first runs warm up.
            for (int round = 0; round <= rounds; round++) {
                Rate bareRate = rate(request, bare);
                Rate rate = rate(request, server);
                if (round > 0) {
                    bareRates.add(bareRate);
                    rates.add(rate);
                }
            }
        }
        Rate bare = median(bareRates);
        Rate rate = median(rates);
        print(
                "%s (%,d B, response %,d B): bare %,.0f/s, %.1f us of CPU; server %,.0f/s (%.2f), %.1f us (%.2f)",
                request.name(),
                request.body().length,
                bytes,
                bare.perSecond,
                bare.cpuMicros,
                rate.perSecond,
                rate.perSecond / bare.perSecond,
                rate.cpuMicros,
                rate.cpuMicros / bare.cpuMicros);
        return new Result(request, rate.perSecond);
    }

    /**
     * Compares latencies at half the maximum rate: without snapshots, with snapshots that the server does not read, which take as
     * much of the machine from it, and with swaps.
     */
    private void compareSwaps(ServedModels models, JavaProcess server, List<Result> results) throws Exception {
        Result result = results.stream()
                .filter(each -> each.request.model().equals(ServedModels.CATEGORIES))
                .findFirst()
                .orElseThrow();
        Callable<LoadRun> load = () -> LoadRun.atRate(result.request, server.address(), result.fastest / 2, 2 * seconds);
        long requests = 0;
        long failed = 0;
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            LoadRun quiet = load.call();
            LoadRun unread = publishing(models::publishUnread, load);
            LoadRun swapping = publishing(models::publishNext, load);
            for (LoadRun run : List.of(quiet, unread, swapping)) {
                requests += run.requests();
                failed += run.failed();
            }
            ratios.add(swapping.millis(99) / unread.millis(99));
            print(
                    "%,.0f/s: %s; with a snapshot every %d ms that the server does not read: %s; with a swap every %d ms: %s",
                    quiet.perSecond(),
                    latencies(quiet),
                    swapMillis,
                    latencies(unread),
                    swapMillis,
                    latencies(swapping));
        }
        ratios.sort(null);
        print(
                "p99 with swaps over p99 with unread snapshots: median %.2f; %,d requests, %d failed",
                ratios.get(ratios.size() / 2), requests, failed);
    }

    private void awaitReady(JavaProcess server) throws IOException, InterruptedException {
        HttpRequest ready = HttpRequest.newBuilder(URI.create("http://" + server.address() + "/v2/health/ready"))
                .build();
        while (client.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static String latencies(LoadRun run) {
        return String.format(Locale.ROOT, "p50 %.2f ms, p99 %.2f ms", run.millis(50), run.millis(99));
    }

    private LoadRun publishing(Runnable publish, Callable<LoadRun> load) throws Exception {
        ScheduledExecutorService snapshots = Executors.newSingleThreadScheduledExecutor();
        snapshots.scheduleAtFixedRate(publish, 0, swapMillis, TimeUnit.MILLISECONDS);
        LoadRun run = load.call();
        snapshots.shutdownNow();
        snapshots.awaitTermination(1, TimeUnit.MINUTES);
        return run;
    }

    private Rate rate(ServingRequest request, JavaProcess server) throws IOException, InterruptedException {
        Duration before = server.cpuTime();
        LoadRun run = LoadRun.saturate(request, server.address(), seconds);
        double micros = server.cpuTime().minus(before).toNanos() / 1e3;
        if (run.failed() > 0) {
            throw new IOException(request.name() + ": " + run.failed() + " of " + run.requests() + " failed");
        }
        return new Rate(run.perSecond(), micros / run.requests());
    }

    private static Rate median(List<Rate> rates) {
        return rates.stream()
                .sorted(Comparator.comparingDouble(Rate::perSecond))
                .toList()
                .get(rates.size() / 2);
    }

    private int responseBytes(ServingRequest request, String address) throws IOException, InterruptedException {
        HttpRequest.Builder http = HttpRequest.newBuilder(URI.create("http://" + address + request.path()))
                .POST(HttpRequest.BodyPublishers.ofByteArray(request.body()));
        for (String header : request.headers()) {
            http.header(header.substring(0, header.indexOf(':')), header.substring(header.indexOf(' ') + 1));
        }
        HttpResponse<byte[]> response = client.send(http.build(), HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new IOException(request.name() + ": " + new String(response.body(), StandardCharsets.UTF_8));
        }
        return response.body().length;
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
