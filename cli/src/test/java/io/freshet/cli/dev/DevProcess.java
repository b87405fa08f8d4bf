package io.freshet.cli.dev;

import static org.awaitility.Awaitility.await;

import io.freshet.cli.Freshet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code freshet dev} or {@code demo} in a JVM of its own, which can be killed. */
record DevProcess(Process process, Path output) implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(90);
    private static final Pattern SERVER = Pattern.compile("\\RPage +(\\S+)/\\R");
    private static final Pattern KAFKA = Pattern.compile("\\RKafka +(\\S+)\\R");

    /** Starts {@code dev} with its temporary files in a folder. */
    static DevProcess start(Path temporary, String... arguments) throws IOException {
        return start(temporary, "dev", List.of(arguments));
    }

    static DevProcess start(Path temporary, String name, List<String> arguments) throws IOException {
        Path output = Files.createTempFile(temporary, "dev", ".out");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + temporary,
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Freshet.class.getName(),
                name));
        command.addAll(arguments);
        return new DevProcess(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start(),
                output);
    }

    String text() throws IOException {
        return Files.readString(output);
    }

    /** Waits for the address of the server: {@code http://host:port}. */
    String server() throws IOException {
        return awaitMatch(SERVER);
    }

    /** Waits for the address of the broker. */
    String bootstrapServers() throws IOException {
        return awaitMatch(KAFKA);
    }

    private String awaitMatch(Pattern pattern) throws IOException {
        await().atMost(READY)
                .until(() -> !process.isAlive() || pattern.matcher(text()).find());
        Matcher matcher = pattern.matcher(text());
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in: " + text());
        }
        return matcher.group(1);
    }

    /** Kills it as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ends it as Ctrl-C does. */
    void terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("runs on after SIGTERM");
        }
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
