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
            Process process = new ProcessBuilder(program.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            if (process.waitFor() == 0 && output.matches("\\d+\\.(?s:.*)")) {
                return new VowpalWabbit(program, output.split("\\s", 2)[0]);
            }
        } catch (IOException e) {
            throw new InputException(program + ": cannot be run (expected: Vowpal Wabbit); " + e.getMessage());
        }
        throw new InputException(program + ": prints no version (expected: Vowpal Wabbit)");
    }

    /** Learns the samples from their text. */
    Measurement fromText(BenchSamples samples) throws CommandException, IOException, InterruptedException {
        return run(
                samples,
                samples.workload().vowpalWabbitOptions(),
                "-d",
                text(samples).toString());
    }

    /** Learns the samples from the binary cache that {@link #createCache} has written. */
    Measurement fromCache(BenchSamples samples) throws CommandException, IOException, InterruptedException {
        return fromCache(samples, samples.workload().vowpalWabbitOptions());
    }

    /** Learns the samples from that cache, with its own optimizer and rate. */
    Measurement withDefaults(BenchSamples samples) throws CommandException, IOException, InterruptedException {
        return fromCache(samples, samples.workload().vowpalWabbitDefaults());
    }

    private Measurement fromCache(BenchSamples samples, List<String> options)
            throws CommandException, IOException, InterruptedException {
        return run(samples, options, "--cache_file", cache(samples).toString());
    }

    void createCache(BenchSamples samples) throws CommandException, IOException, InterruptedException {
        run(
                samples,
                samples.workload().vowpalWabbitOptions(),
                "-d",
                text(samples).toString(),
                "-k",
                "--cache_file",
                cache(samples).toString());
    }

    private static Path text(BenchSamples samples) {
        if (samples.text() == null) {
            throw new IllegalStateException("the samples were not written as text");
        }
        return samples.text();
    }

    private static Path cache(BenchSamples samples) {
        return text(samples).resolveSibling(samples.workload().option() + ".cache");
    }

    private Measurement run(BenchSamples samples, List<String> options, String... input)
            throws CommandException, IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(List.of(input));
        command.addAll(options);
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        process.getOutputStream().close();
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

    private static String output(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
