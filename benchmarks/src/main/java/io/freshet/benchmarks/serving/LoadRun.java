package io.freshet.benchmarks.serving;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The result of one run of h2load, the load generator of nghttp2 (Debian: nghttp2-client), which uses little CPU itself.
 *
 * @param requests number of responses with status 200
 * @param failed number of other responses and of errors
 * @param seconds duration
 * @param micros latencies of all requests; empty if they were not recorded
 */
record LoadRun(long requests, long failed, double seconds, Histogram micros) {
    private static final int CLIENTS = 32;
    /** Of latencies, that are exact. */
    private static final int DIGITS = 3;

    /** Sends requests for some seconds, each client as fast as it gets responses. */
    static LoadRun saturate(ServingRequest request, String address, int seconds)
            throws IOException, InterruptedException {
        return run(request, address, seconds, List.of(), null);
    }

    /** Sends requests at a rate, whether or not the responses to earlier ones have arrived, and records latencies. */
    static LoadRun atRate(ServingRequest request, String address, double perSecond, int seconds)
            throws IOException, InterruptedException {
        String rate = String.format(Locale.ROOT, "%.1f", perSecond / CLIENTS);
        Path log = Files.createTempFile("freshet-latencies-", "");
        try {
            return run(request, address, seconds, List.of("--rps", rate, "--log-file", log.toString()), log);
        } finally {
            Files.delete(log);
        }
    }

    double perSecond() {
        return requests / seconds;
    }

    /** Returns a percentile of the latencies in milliseconds. */
    double millis(double percentile) {
        return micros.getValueAtPercentile(percentile) / 1e3;
    }

    private static LoadRun run(
            ServingRequest request, String address, int seconds, List<String> options, @Nullable Path log)
            throws IOException, InterruptedException {
        Path body = Files.createTempFile("freshet-request-", "");
        try {
            Files.write(body, request.body());
            List<String> command = new ArrayList<>(
                    List.of("h2load", "-c", Integer.toString(CLIENTS), "-D", Integer.toString(seconds)));
            command.addAll(options);
            if (!request.isGrpc()) {
                command.add("--h1");
            }
            request.headers().forEach(header -> command.addAll(List.of("-H", header)));
            command.addAll(List.of("-d", body.toString(), "http://" + address + request.path()));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("h2load: " + printed);
            }
            return parse(printed, log);
        } finally {
            Files.delete(body);
        }
    }

    /**
     * <pre>
     * finished in 5.00s, 41234.20 req/s, 11.80MB/s
     * requests: 206171 total, 206203 started, 206171 done, 206171 succeeded, 0 failed, 0 errored, 0 timeout
     * </pre>
     */
    private static LoadRun parse(String printed, @Nullable Path log) throws IOException {
        double perSecond = Double.parseDouble(after(printed, "finished in ").split(" ")[1]);
        String[] counts = after(printed, "requests: ").split("[ ,]+");
        long done = Long.parseLong(counts[4]);
        long succeeded = Long.parseLong(counts[6]);
        if (succeeded == 0) {
            throw new IOException("h2load: " + printed);
        }
        Histogram micros = new Histogram(DIGITS);
        if (log != null) {
            // Lines of the start of a request, its status, and its duration in microseconds.
            try (var lines = Files.lines(log)) {
                lines.forEach(line -> micros.recordValue(Long.parseLong(line.split("\t")[2])));
            }
        }
        return new LoadRun(succeeded, done - succeeded, done / perSecond, micros);
    }

    private static String after(String printed, String start) throws IOException {
        return printed.lines()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow(() -> new IOException("h2load: " + printed))
                .substring(start.length());
    }
}
