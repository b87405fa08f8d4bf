package io.freshet.cli.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An {@link EmbeddedKafka} in a JVM of its own. It stops when this JVM closes it or ends in any way, because that closes the
 * pipe to its standard input.
 */
final class BrokerProcess implements Broker {
    private static final String HEAP = "-Xmx1g";
    private static final long STOP_SECONDS = 20;

    private final Process process;
    private final String bootstrapServers;

    private BrokerProcess(Process process, String bootstrapServers) {
        this.process = process;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Starts a broker; returns when it is ready.
     *
     * @param directory for its topics, created if missing
     * @throws IOException if the JVM cannot be started, or if the broker fails to start
     */
    static BrokerProcess start(Path directory) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        HEAP,
                        "-XX:+UseParallelGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerProcess.class.getName(),
                        directory.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // Not closed: the reader belongs to the process.
        BufferedReader output = process.inputReader(UTF_8);
        String address = output.readLine();
        if (address == null) {
            process.destroy();
            throw new IOException("the broker's JVM ended before the broker was ready");
        }
        return new BrokerProcess(process, address);
    }

    @Override
    public String bootstrapServers() {
        return bootstrapServers;
    }

    @Override
    public @Nullable Duration cpuTime() {
        return process.info().totalCpuDuration().orElse(null);
    }

    @Override
    public CompletableFuture<String> failure() {
        return process.onExit().thenApply(ended -> "the broker's JVM ended with code " + ended.exitValue());
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Runs the broker in the directory named by the argument, prints its address, and stops at the end of the input. */
    public static void main(String[] arguments) throws IOException {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(Path.of(arguments[0]))) {
            System.out.println(kafka.bootstrapServers());
            while (System.in.read() >= 0) {
                // The parent never writes anything.
            }
        }
    }
}
