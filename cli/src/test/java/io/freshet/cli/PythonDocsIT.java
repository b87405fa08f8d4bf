package io.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.freshet.cli.kafka.KafkaOptions;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the Python of docs/python.md with the demo. Catches a document that shows code that no longer works, and a row that is
 * acknowledged and never learned.
 *
 * <p>Blocks with libraries that the machine lacks are skipped by name; all others need the standard library only.
 */
@Timeout(300)
class PythonDocsIT {
    private static final Path DOCUMENT = Path.of("..", "docs", "python.md");
    private static final List<String> OPTIONAL = List.of("kafka", "pandas");
    private static final Pattern FENCE = Pattern.compile("(?m)^```python$");
    private static final Pattern OUTCOME = Pattern.compile("(?m)^\\[block (\\d+)] (ran|skipped: .*|failed)$");
    private static final Pattern KAFKA = Pattern.compile("\\RKafka +(\\S+)\\R");

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> every_block_runs_with_the_demo() throws Exception {
        assumeTrue(hasPython(), "no python3");
        String document = Files.readString(DOCUMENT);
        String printed = runBlocks();
        List<MatchResult> outcomes = OUTCOME.matcher(printed).results().toList();

        assertThat(outcomes)
                .as(printed)
                .hasSize((int) FENCE.matcher(document).results().count())
                .hasSizeGreaterThan(5);
        return outcomes.stream()
                .map(outcome -> dynamicTest("block " + outcome.group(1) + " " + outcome.group(2), () -> {
                    assumeTrue(!outcome.group(2).startsWith("skipped"), outcome.group(2));
                    assertThat(outcome.group(2)).as(printed).isEqualTo("ran");
                }));
    }

    private static boolean hasPython() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "--version").start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns what the blocks printed. */
    private String runBlocks() throws Exception {
        int port = freePort();
        StringWriter out = new StringWriter();
        Thread demo = new Thread(
                () -> Run.to(out, "demo", "--duration", "150s", "--no-browser", "--port", Integer.toString(port)));
        demo.start();
        try {
            return runBlocks(port, out, demo);
        } finally {
            demo.interrupt();
            demo.join();
        }
    }

    private String runBlocks(int port, StringWriter out, Thread demo) throws Exception {
        await().atMost(Duration.ofSeconds(100))
                .until(() -> !demo.isAlive() || KAFKA.matcher(out.toString()).find());
        Matcher kafka = KAFKA.matcher(out.toString());
        assertThat(kafka.find()).as(out.toString()).isTrue();
        createTopics(kafka.group(1), "flights");

        Path runner = directory.resolve("run_blocks.py");
        try (var in = PythonDocsIT.class.getResourceAsStream("run_blocks.py")) {
            Files.write(runner, in.readAllBytes());
        }
        List<String> command = new ArrayList<>(List.of("python3", runner.toString(), DOCUMENT.toString()));
        command.addAll(OPTIONAL);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "FRESHET_SERVER", "http://127.0.0.1:" + port, "FRESHET_BOOTSTRAP_SERVERS", kafka.group(1)));
        Path output = directory.resolve("output");
        Process python = builder.redirectOutput(output.toFile()).start();
        boolean ended = python.waitFor(120, TimeUnit.SECONDS);
        python.destroyForcibly().waitFor();
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(ended).as(printed).isTrue();
        return printed;
    }

    /** Creates topics that the document names, and that neither the demo nor its broker creates. */
    private static void createTopics(String bootstrapServers, String... names) throws Exception {
        try (Admin admin = KafkaOptions.of(bootstrapServers).connect()) {
            admin.createTopics(Stream.of(names)
                            .map(name -> new NewTopic(name, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
