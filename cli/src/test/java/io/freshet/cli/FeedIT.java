package io.freshet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.embedded.EmbeddedKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Feeds rows to a real broker; each test has its own prefix. */
@Timeout(120)
class FeedIT {
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    @AutoClose
    private static EmbeddedKafka kafka;

    private final String prefix = "p" + PREFIXES.incrementAndGet();

    @TempDir
    Path directory;

    private Path spec;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @BeforeEach
    void writeSpec() throws Exception {
        spec = Files.writeString(directory.resolve("delays.yaml"), """
                name: delays
                label: late
                key: carrier
                features: {numeric: [miles], categorical: [origin], hashBits: 4}
                loss: binary-cross-entropy
                """);
    }

    @Test
    void feeds_a_file_and_sends_invalid_rows_to_the_dead_letters() throws Exception {
        Path rows = Files.writeString(directory.resolve("rows.csv"), """
                carrier,miles,origin,late
                AA,100,JFK,1
                AA,abc,JFK,0
                UA,250.5,"New York",0
                UA,7
                """);
        assertThat(run("feed", "--input", rows.toString()).err())
                .startsWith("freshet: topic " + prefix + ".samples: does not exist");
        done("topics", "create", "--partitions", "1");
        assertThat(run("feed", "--input", rows.toString()).err()).startsWith("freshet: no models (expected: --spec ");
        done("apply", "-f", spec.toString());

        assertThat(done("feed", "--input", rows.toString(), "--epochs", "2").out())
                .startsWith(prefix + ".samples: 4 rows sent, 2 bad, in " + prefix + ".samples-dlt (");
        assertThat(done(
                                "feed",
                                "--input",
                                rows.toString(),
                                "--spec",
                                spec.toString(),
                                "--limit",
                                "1",
                                "--rate",
                                "1000",
                                "--live-event-time",
                                "--output",
                                "json")
                        .out())
                .startsWith("{\"topic\":\"" + prefix + ".samples\",\"sent\":1,\"bad\":0,");

        assertThat(done("tail", "samples", "--from-beginning", "--limit", "5").outLines())
                .satisfiesExactly(
                        line -> assertThat(line).endsWith(" 0@0 late=1.0 miles=100.0 carrier=AA origin=JFK"),
                        line -> assertThat(line).endsWith(" 0@1 late=0.0 miles=250.5 carrier=UA origin=\"New York\""),
                        line -> assertThat(line).contains(" 0@2 late=1.0 ").endsWith(" epoch=1"),
                        line -> assertThat(line).contains(" 0@3 late=0.0 ").endsWith(" epoch=1"),
                        line -> assertThat(line).contains(" 0@4 eventTime=20"));
        assertThat(done("tail", "dead-letters", "--from-beginning", "--limit", "2")
                        .outLines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .endsWith(" 0@0 message=\"miles: abc (expected: a number)\" stage=read topic=" + prefix
                                        + ".samples row=2 value=AA,abc,JFK,0"),
                        line -> assertThat(line)
                                .contains("message=\"fields: 2 (expected: 4, as in the header)\"")
                                .endsWith(" row=4 value=UA,7"));
        assertThat(done("tail", "dead-letters", "--from-beginning", "--limit", "1", "--output", "json")
                        .out())
                .contains("\"partition\":0,\"offset\":0,\"record\":{\"message\":\"miles: abc (expected: a number)\"");
    }

    @Test
    void feeds_the_rows_of_a_pipe() throws Exception {
        done("topics", "create", "--partitions", "1");
        Path pipe = directory.resolve("rows");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<Path> written = CompletableFuture.supplyAsync(() -> {
            try {
                return Files.writeString(
                        pipe, "carrier,miles,origin,late\nAA,100,JFK,1\nUA,7,JFK,0\n", StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(done("feed", "--input", pipe.toString(), "--format", "csv", "--spec", spec.toString())
                        .out())
                .startsWith(prefix + ".samples: 2 rows sent");
        assertThat(written).isCompleted();
    }

    @Test
    void feeds_the_rows_of_standard_input() throws Exception {
        done("topics", "create", "--partitions", "1");
        Process feed = start("feed", "--input", "-", "--format", "csv", "--spec", spec.toString());
        try (Writer rows = feed.outputWriter()) {
            rows.write("carrier,miles,origin,late\nAA,100,JFK,1\nUA,7,JFK,0\n");
        }
        assertThat(output(feed)).startsWith(prefix + ".samples: 2 rows sent");
        assertThat(feed.waitFor()).isZero();
    }

    @Test
    void prints_the_totals_of_a_feed_that_is_terminated() throws Exception {
        done("topics", "create", "--partitions", "1");
        Path rows = directory.resolve("many.csv");
        Files.writeString(rows, "carrier,miles,origin,late\n" + "AA,100,JFK,1\n".repeat(10_000));
        Process slow = start("feed", "--input", rows.toString(), "--spec", spec.toString(), "--rate", "50");
        await().atMost(Duration.ofSeconds(60)).until(() -> samples() > 20);
        slow.toHandle().destroy();
        assertThat(output(slow)).matches("(?s)" + prefix + ".samples: \\d+ rows sent, 0 bad .*");

        // It waits for a row that never arrives.
        Process waiting = start("feed", "--input", "-", "--format", "csv", "--spec", spec.toString());
        Writer input = waiting.outputWriter();
        input.write("carrier,miles,origin,late\n" + "AA,100,JFK,1\n".repeat(3));
        input.flush();
        long before = samples();
        await().atMost(Duration.ofSeconds(60)).until(() -> samples() > before);
        waiting.toHandle().destroy();
        assertThat(output(waiting)).matches("(?s)" + prefix + ".samples: [123] rows? sent, 0 bad .*");
    }

    /** Returns the end offset of the samples topic. */
    private long samples() throws Exception {
        TopicPartition partition = new TopicPartition(prefix + ".samples", 0);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        }
    }

    /** Starts a command in a JVM of its own. */
    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Freshet.class.getName()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--bootstrap-servers", kafka.bootstrapServers(), "--prefix", prefix));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), UTF_8);
    }

    private Run done(String... arguments) {
        return run(arguments).done();
    }

    private Run run(String... arguments) {
        return Run.at(kafka.bootstrapServers(), prefix, arguments);
    }
}
