package io.freshet.faults.cluster;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A JVM that runs one main class. Its output is appended to a file. It exits whenever its parent JVM exits or is
 * killed.
 */
public final class ChildJvm implements AutoCloseable {
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    private final Process process;

    private ChildJvm(Process process) {
        this.process = process;
    }

    /**
     * Starts a JVM.
     *
     * @param heap value of {@code -Xmx}
     * @param output file to append to
     */
    public static ChildJvm start(String mainClass, List<String> arguments, String classPath, String heap, Path output) {
        List<String> command = new ArrayList<>(List.of(
                JAVA.toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-Dlog4j2.configurationFile=log4j2-children.xml",
                "-cp",
                classPath,
                ChildJvm.class.getName(),
                mainClass));
        command.addAll(arguments);
        try {
            Files.createDirectories(output.getParent());
            // The pipe to the child's standard input stays open as long as this JVM lives; the child watches it.
            return new ChildJvm(new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .start());
        } catch (IOException e) {
            throw new IllegalStateException(mainClass + ": cannot be started", e);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Sends SIGKILL, so that no shutdown hook runs and nothing is flushed. */
    void signalKill() {
        process.destroyForcibly();
    }

    /** Sends SIGKILL and waits for the exit. */
    public void kill() {
        signalKill();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends SIGSTOP, and later SIGCONT: the process stops responding without noticing it. */
    void pause(Duration time) {
        String pid = Long.toString(process.pid());
        String seconds = Double.toString(time.toMillis() / 1000.0);
        try {
            // A separate process sends SIGCONT, so that a stopped child does not survive this JVM.
            int code = new ProcessBuilder("sh", "-c", "kill -STOP $0 && sleep $1; kill -CONT $0", pid, seconds)
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -CONT " + pid + ": exit code " + code);
            }
        } catch (IOException e) {
            throw new IllegalStateException("sh: cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }

    /** Entry point of the child: runs a main class until it or the parent exits. */
    public static void main(String[] arguments) throws Throwable {
        Thread watch = new Thread(ChildJvm::haltWithParent, "watch the parent");
        watch.setDaemon(true);
        watch.start();
        String[] rest = List.of(arguments).subList(1, arguments.length).toArray(String[]::new);
        try {
            Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object) rest);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static void haltWithParent() {
        try {
            while (System.in.read() >= 0) {
                // The parent never sends anything.
            }
        } catch (IOException e) {
            // Counts as the end of the parent.
        }
        Runtime.getRuntime().halt(1);
    }
}
