package io.freshet.benchmarks.serving;

import io.freshet.benchmarks.JavaProcess;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaOptions;
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

    /** @param cpuMicros CPU time of the server per request */
    private record Rate(double perSecond, double cpuMicros) {}

    @Override
    public Integer call() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
                ServedModels models = new ServedModels(KafkaOptions.of(kafka.bootstrapServers()));
                JavaProcess server = JavaProcess.start(ServerProgram.class, kafka.bootstrapServers())) {
            awaitReady(server);
            double perSecond = 0;
            for (ServingRequest request : ServingRequest.all()) {
                Rate rate = compare(request, server);
                perSecond = request == ServingRequest.CATEGORIES ? rate.perSecond : perSecond;
            }
            compareSwaps(models, server, perSecond / 2);
        }
        return 0;
    }

    private void awaitReady(JavaProcess server) throws IOException, InterruptedException {
        HttpRequest ready = HttpRequest.newBuilder(URI.create("http://" + server.address() + "/v2/health/ready"))
                .build();
        while (client.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Returns the rate of the model server. */
    private Rate compare(ServingRequest request, JavaProcess server) throws Exception {
        int bytes = request.isGrpc() ? GRPC_RESPONSE_BYTES : responseBytes(request, server);
        List<Rate> bareRates = new ArrayList<>();
        List<Rate> rates = new ArrayList<>();
        try (JavaProcess bare =
                JavaProcess.start(BareServer.class, Integer.toString(bytes), Integer.toString(GRPC_RESPONSE_BYTES))) {
            for (int round = 0; round <= rounds; round++) {
                bareRates.add(rate(request, bare));
                rates.add(rate(request, server));
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
        return rate;
    }

    /**
     * Compares latencies at a rate: without snapshots, with snapshots that the server does not read, which take as much of the
     * machine from it, and with swaps.
     */
    private void compareSwaps(ServedModels models, JavaProcess server, double perSecond) throws Exception {
        Callable<LoadRun> load =
                () -> LoadRun.atRate(ServingRequest.CATEGORIES, server.address(), perSecond, 2 * seconds);
        for (int round = 0; round < rounds; round++) {
            LoadRun quiet = load.call();
            LoadRun unread = publishing(models::publishUnread, load);
            LoadRun swapping = publishing(models::publishNext, load);
            print(
                    "%,.0f/s: %s; with a snapshot every %d ms that the server does not read: %s; with a swap every %d ms: %s;"
                            + " p99 of these %.2f",
                    quiet.perSecond(),
                    latencies(quiet),
                    swapMillis,
                    latencies(unread),
                    swapMillis,
                    latencies(swapping),
                    swapping.millis(99) / unread.millis(99));
        }
    }

    private static String latencies(LoadRun run) {
        return String.format(
                Locale.ROOT,
                "p50 %.2f ms, p99 %.2f ms, %d of %,d failed",
                run.millis(50),
                run.millis(99),
                run.failed(),
                run.requests() + run.failed());
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

    /** The first runs, which warm up, do not count. */
    private static Rate median(List<Rate> rates) {
        List<Rate> sorted = rates.stream()
                .skip(1)
                .sorted(Comparator.comparingDouble(Rate::perSecond))
                .toList();
        return sorted.get(sorted.size() / 2);
    }

    private int responseBytes(ServingRequest request, JavaProcess server) throws IOException, InterruptedException {
        HttpRequest.Builder http = HttpRequest.newBuilder(URI.create("http://" + server.address() + request.path()))
                .POST(HttpRequest.BodyPublishers.ofByteArray(request.body()));
        request.headers().forEach(header -> http.header(header.split(": ")[0], header.split(": ")[1]));
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
