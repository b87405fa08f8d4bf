package io.freshet.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM that runs one {@link Program}, so that its CPU time can be told from that of this JVM. It ends when this JVM closes it or
 * ends in any way, because that closes the pipe to its standard input.
 */
public final class JavaProcess implements AutoCloseable {
    private final Process process;
    private final String address;

    private JavaProcess(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** A server. It runs until its JVM ends. */
    public interface Program {
        /** Returns where it listens, once it does. */
        String start(String... arguments) throws Exception;
    }

    /**
     * Starts a program; returns when it listens.
     *
     * @param program with a public constructor without parameters
     */
    public static JavaProcess start(Class<? extends Program> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseParallelGC",
                "-cp",
                System.getProperty("java.class.path"),
                JavaProcess.class.getName(),
                program.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // Not closed: the reader belongs to the process.
        String address = process.inputReader(UTF_8).readLine();
        if (address == null) {
            throw new IOException(program.getSimpleName() + ": its JVM ended before it was ready");
        }
        return new JavaProcess(process, address);
    }

    /** Returns what the program returned. */
    public String address() {
        return address;
    }

    /** Returns the CPU time of the process so far. */
    public Duration cpuTime() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        process.onExit().join();
    }

    /** Runs a program in this JVM, prints its address, and ends with the standard input. */
    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        Program program = (Program) Class.forName(words.get(0)).getConstructor().newInstance();
        System.out.println(program.start(words.subList(1, words.size()).toArray(String[]::new)));
        // The parent reads no more than that.
        System.setOut(System.err);
        while (System.in.read() >= 0) {
            // The parent never writes anything.
        }
        System.exit(0);
    }
}
