package io.freshet.benchmarks.serving;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The result of one run of h2load, the load generator of nghttp2 (Debian: nghttp2-client), which uses little CPU itself.
 *
 * @param requests number of responses with status 200
 * @param failed number of other responses and of errors
 * @param seconds duration
 * @param latencies of all requests in microseconds, in order; empty if they were not recorded
 */
record LoadRun(long requests, long failed, double seconds, long[] latencies) {
    private static final int CLIENTS = 32;

    /** Sends requests for some seconds, each client as fast as it gets responses. */
    static LoadRun saturate(ServingRequest request, int port, int seconds) throws IOException, InterruptedException {
        return run(request, port, List.of("-D", Integer.toString(seconds)), false);
    }

    /** Sends requests at a rate, whether or not the responses to earlier ones have arrived, and records latencies. */
    static LoadRun atRate(ServingRequest request, int port, double perSecond, int seconds)
            throws IOException, InterruptedException {
        String rate = String.format(Locale.ROOT, "%.1f", perSecond / CLIENTS);
        return run(request, port, List.of("--rps", rate, "-D", Integer.toString(seconds)), true);
    }

    double perSecond() {
        return requests / seconds;
    }

    /** Returns a quantile of the latencies in milliseconds. */
    double quantile(double q) {
        return latencies[(int) Math.min(latencies.length - 1L, (long) (q * latencies.length))] / 1e3;
    }

    private static LoadRun run(ServingRequest request, int port, List<String> how, boolean record)
            throws IOException, InterruptedException {
        Path body = Files.createTempFile("freshet-request-", "");
        Path log = Files.createTempFile("freshet-latencies-", "");
        try {
            Files.write(body, request.body());
            List<String> command = new ArrayList<>(List.of("h2load", "-c", Integer.toString(CLIENTS)));
            command.addAll(how);
            if (!request.isGrpc()) {
                command.add("--h1");
            }
            request.headers().forEach(header -> command.addAll(List.of("-H", header)));
            if (record) {
                command.addAll(List.of("--log-file", log.toString()));
            }
            command.addAll(List.of("-d", body.toString(), "http://127.0.0.1:" + port + request.path()));
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("h2load: " + printed);
            }
            return parse(printed, record ? latencies(log) : new long[0]);
        } finally {
            Files.delete(body);
            Files.delete(log);
        }
    }

    /**
     * <pre>
     * finished in 5.00s, 41234.20 req/s, 11.80MB/s
     * requests: 206171 total, 206203 started, 206171 done, 206171 succeeded, 0 failed, 0 errored, 0 timeout
     * status codes: 206171 2xx, 0 3xx, 0 4xx, 0 5xx
     * </pre>
     */
    private static LoadRun parse(String printed, long[] latencies) throws IOException {
        double perSecond = Double.parseDouble(after(printed, "finished in ").split(" ")[1]);
        String[] counts = after(printed, "requests: ").split("[ ,]+");
        long done = Long.parseLong(counts[4]);
        long succeeded = Long.parseLong(counts[6]);
        if (succeeded == 0) {
            throw new IOException("h2load: " + printed);
        }
        return new LoadRun(succeeded, done - succeeded, done / perSecond, latencies);
    }

    private static String after(String printed, String start) throws IOException {
        return printed.lines()
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow(() -> new IOException("h2load: " + printed))
                .substring(start.length());
    }

    /** Reads lines of the start of a request, its status, and its duration in microseconds. */
    private static long[] latencies(Path log) throws IOException {
        try (var lines = Files.lines(log)) {
            long[] all =
                    lines.mapToLong(line -> Long.parseLong(line.split("\t")[2])).toArray();
            Arrays.sort(all);
            return all;
        }
    }
}
