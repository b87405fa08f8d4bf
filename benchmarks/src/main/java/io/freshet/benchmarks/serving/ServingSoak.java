package io.freshet.benchmarks.serving;

import io.freshet.cli.embedded.EmbeddedKafka;
import io.freshet.server.ModelServerMain;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves requests at a constant rate while snapshots are swapped, the broker restarts, and other clients misbehave. */
@Command(
        name = "serving-soak",
        description = "Serves requests at a constant rate while snapshots are swapped, the broker restarts, and other"
                + " clients misbehave.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
public final class ServingSoak implements Callable<Integer> {
    @Option(names = "--seconds", description = "Duration.")
    private int seconds = 600;

    @Option(names = "--rate", description = "Requests per second.")
    private int rate = 2_000;

    @Option(names = "--swap-millis", description = "Time between two swaps.")
    private int swapMillis = 50;

    @Option(names = "--restart-seconds", description = "Time between two restarts of the broker.")
    private int restartSeconds = 60;

    private final HttpClient client = HttpClient.newHttpClient();

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ServingSoak()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Path directory = Files.createTempDirectory("freshet-soak-");
        EmbeddedKafka kafka = EmbeddedKafka.start(directory);
        String brokers = kafka.bootstrapServers();
        int brokerPort = Integer.parseInt(brokers.substring(brokers.lastIndexOf(':') + 1));
        ServingRequest request = ServingRequest.all().stream()
                .filter(each -> each.model().equals(ServedModels.CATEGORIES))
                .findFirst()
                .orElseThrow();
        try (ServedModels models = new ServedModels(brokers);
                ServerProcess server =
                        ServerProcess.start(ModelServerMain.class, "--bootstrap-servers", brokers, "--port", "PORT")) {
            server.awaitReady();
            LoadRun.atRate(request, server.port(), rate, 20);
            LoadRun alone = LoadRun.atRate(request, server.port(), rate, 20);
            print("alone", alone);
            ScheduledExecutorService swaps = Executors.newSingleThreadScheduledExecutor();
            ExecutorService load = Executors.newSingleThreadExecutor();
            try (AbusiveClients abuse = new AbusiveClients(server.port(), request.path())) {
                swaps.scheduleAtFixedRate(models::publishNext, 0, swapMillis, TimeUnit.MILLISECONDS);
                Future<LoadRun> running = load.submit(() -> LoadRun.atRate(request, server.port(), rate, seconds));
                long start = System.nanoTime();
                int restarts = 0;
                while (!running.isDone()) {
                    Thread.sleep(1_000L * Math.min(restartSeconds, seconds));
                    long elapsed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
                    System.out.println(String.format(
                            Locale.ROOT, "%d s: heap in use %.0f MB", elapsed, heapMegabytes(server.port())));
                    if (!running.isDone() && elapsed + restartSeconds < seconds) {
                        kafka.close();
                        kafka = EmbeddedKafka.start(directory, brokerPort);
                        restarts++;
                    }
                }
                print("with swaps, " + restarts + " restarts of the broker, and abuse", running.get());
                System.out.println("statuses of the others: " + abuse.statuses());
            } finally {
                swaps.shutdownNow();
                load.shutdownNow();
            }
        } finally {
            kafka.close();
        }
        return 0;
    }

    private static void print(String when, LoadRun run) {
        System.out.println(String.format(
                Locale.ROOT,
                "%s: %,d requests, %d failed, %,.0f/s, p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, longest %.2f ms",
                when,
                run.requests(),
                run.failed(),
                run.perSecond(),
                run.quantile(0.5),
                run.quantile(0.99),
                run.quantile(0.999),
                run.quantile(1)));
    }

    private double heapMegabytes(int port) throws IOException, InterruptedException {
        HttpRequest metrics = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                .build();
        return client.send(metrics, HttpResponse.BodyHandlers.ofString())
                        .body()
                        .lines()
                        .filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
                        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                        .sum()
                / 1e6;
    }
}
