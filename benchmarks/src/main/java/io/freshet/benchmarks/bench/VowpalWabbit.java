package io.freshet.benchmarks.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.input.InputException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Vowpal Wabbit, a peer that learns the same samples from files. Each run is a process, measured from its start to its end.
 *
 * @param program path of {@code vw}
 * @param version as it prints it
 */
record VowpalWabbit(Path program, String version) {
    private static final long POLL_MILLIS = 10;
    private static final Pattern LOSS = Pattern.compile("average loss = (\\S+)");

    /**
     * Returns the program on the {@code PATH}, or null.
     *
     * @param given the program to use instead, or null
     * @throws InputException if the given program cannot be run
     */
    static @Nullable VowpalWabbit find(@Nullable Path given) throws InputException, InterruptedException {
        if (given != null) {
            return of(given);
        }
        String path = System.getenv("PATH");
        Path found = Stream.of(path == null ? new String[0] : path.split(File.pathSeparator))
                .map(folder -> Path.of(folder, "vw"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        return found == null ? null : of(found);
    }

    private static VowpalWabbit of(Path program) throws InputException, InterruptedException {
        try {
            Process process = start(List.of(program.toString(), "--version"));
            String output = output(process);
            if (process.waitFor() == 0 && output.matches("\\d+\\.(?s:.*)")) {
                return new VowpalWabbit(program, output.split("\\s", 2)[0]);
            }
        } catch (IOException e) {
            throw new InputException(program + ": cannot be run (expected: Vowpal Wabbit); " + e.getMessage());
        }
        throw new InputException(program + ": prints no version (expected: Vowpal Wabbit)");
    }

    /** Learns the samples from their text, or from the binary cache that {@link #createCache} has written. */
    Measurement run(Variant variant, BenchSamples samples) throws CommandException, IOException, InterruptedException {
        return run(
                samples,
                variant == Variant.VW_DEFAULTS
                        ? samples.workload().vowpalWabbitDefaults()
                        : samples.workload().vowpalWabbitOptions(),
                variant.readsCache() ? List.of("--cache_file", cache(samples)) : List.of("-d", text(samples)));
    }

    void createCache(BenchSamples samples) throws CommandException, IOException, InterruptedException {
        List<String> input = List.of("-d", text(samples), "-k", "--cache_file", cache(samples));
        run(samples, samples.workload().vowpalWabbitOptions(), input);
    }

    private static String text(BenchSamples samples) {
        return Objects.requireNonNull(samples.text()).toString();
    }

    private static String cache(BenchSamples samples) {
        return Path.of(text(samples))
                .resolveSibling(samples.workload().option() + ".cache")
                .toString();
    }

    private Measurement run(BenchSamples samples, List<String> options, List<String> input)
            throws CommandException, IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(input);
        command.addAll(options);
        long start = System.nanoTime();
        Process process = start(command);
        CompletableFuture<String> output = CompletableFuture.supplyAsync(() -> output(process));
        Duration cpu = Duration.ZERO;
        do {
            // The last reading, up to 10 ms before the end, counts.
            cpu = process.info().totalCpuDuration().orElse(cpu);
        } while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS));
        double seconds = (System.nanoTime() - start) / 1e9;
        String text = output.join();
        Matcher loss = LOSS.matcher(text);
        if (process.exitValue() != 0 || !loss.find()) {
            throw new CommandException(String.join(" ", command) + ": exit code " + process.exitValue() + ": "
                    + text.lines().reduce("no output", (first, last) -> last));
        }
        double average = Double.parseDouble(loss.group(1));
        return new Measurement(samples.samples(), seconds, cpu.toNanos() / 1e9, null, null, null, average);
    }

    private static Process start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return process;
    }

    private static String output(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
