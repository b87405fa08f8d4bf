package io.freshet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.dev.EmbeddedKafka;
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

        assertThat(done("feed", "--input", rows.toString(), "--epochs", "2", "--max-rejected", "50%")
                        .out())
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
                                "--max-rejected",
                                "2",
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

    /** Would catch a script that deletes its file after exit code 0, though no job will ever see the rows. */
    @Test
    void the_exit_code_is_1_if_too_many_rows_are_rejected_in_whatever_number_of_epochs() throws Exception {
        Path rows = Files.writeString(
                directory.resolve("rows.csv"),
                "carrier,miles,origin,late\n" + "AA,100,JFK,1\n".repeat(9) + "AA,abc,JFK,0\n");
        Path bad = Files.writeString(directory.resolve("bad.csv"), "carrier,miles,origin,late\nAA,abc,JFK,0\n");
        done("topics", "create", "--partitions", "1");
        done("apply", "-f", spec.toString());

        done("feed", "--input", rows.toString());
        Run many = run("feed", "--input", rows.toString(), "--epochs", "2", "--max-rejected", "9%");
        assertThat(many.code()).isOne();
        assertThat(many.err().strip())
                .isEqualTo("freshet: --max-rejected 9%: 1 of 10 rows rejected (10%), so the exit code is 1");
        assertThat(run("feed", "--input", bad.toString()).code()).isOne();
        assertThat(run("feed", "--input", bad.toString(), "--max-rejected", "100%")
                        .code())
                .isOne();
    }

    @Test
    void a_row_that_one_model_cannot_read_reaches_the_others() throws Exception {
        Path rows = Files.writeString(directory.resolve("rows.csv"), """
                carrier,miles,origin,late,cost
                AA,100,JFK,1,7
                AA,abc,JFK,0,8
                AA,100,JFK,0,x
                UA,no,JFK,no,9
                """);
        Path costs = Files.writeString(
                directory.resolve("costs.yaml"),
                "name: costs\nlabel: cost\nfeatures: {categorical: [miles], hashBits: 4}\nloss: mean-squared-error\n");
        done("topics", "create", "--partitions", "1");
        done("apply", "-f", spec.toString(), "-f", costs.toString());
        assertThat(done("feed", "--input", rows.toString(), "--max-rejected", "3")
                        .out())
                .startsWith(prefix + ".samples: 4 rows sent, 3 bad, in " + prefix + ".samples-dlt (");
        assertThat(done("tail", "samples", "--from-beginning", "--limit", "4").outLines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .endsWith(" 0@0 cost=7.0 late=1.0 miles=100.0 carrier=AA miles=100 origin=JFK"),
                        line -> assertThat(line).contains(" 0@1 model=costs ").contains(" cost=8.0 ", " miles=abc "),
                        line -> assertThat(line).contains(" 0@2 model=delays ").contains(" cost=x "),
                        line -> assertThat(line).contains(" 0@3 model=costs ").contains(" miles=no "));
        assertThat(done("tail", "dead-letters", "--from-beginning", "--limit", "3")
                        .outLines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .contains("\"miles: abc (expected: a number)\"", "model=delays", "row=2"),
                        line -> assertThat(line).contains("\"cost: x (expected: a number)\"", "model=costs", "row=3"),
                        line -> assertThat(line)
                                .contains(
                                        "\"late: no (expected: a number; list the names of classes in labels)\"",
                                        "model=delays",
                                        "row=4"));

        assertThat(done("tail", "dead-letters", "--summary").outLines())
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line)
                                .isEqualTo("           1  delays: miles (expected: a number), newest: miles: abc"
                                        + " (expected: a number)"),
                        line -> assertThat(line).contains("  costs: cost (expected: a number), newest: cost: x "),
                        line -> assertThat(line).contains("  delays: late "));
        assertThat(done("tail", "dead-letters", "--summary", "--model", "delays", "--reason", "^miles", "--since", "1h")
                        .outLines())
                .hasSize(1);
        assertThat(done("tail", "dead-letters", "--summary", "--since", "0").outLines())
                .isEmpty();
        assertThat(done("tail", "dead-letters", "--model", "costs", "--since", "1h", "--limit", "1", "--output", "json")
                        .out())
                .contains("\"model\":\"costs\"");
        assertThat(run("tail", "samples", "--model", "costs").err())
                .contains("--model, --reason, --since, or --summary: samples (expected: dead-letters)");
    }

    @Test
    void sends_rows_to_each_named_model_that_selects_them() throws Exception {
        Path flights = Files.writeString(
                directory.resolve("flights.yaml"),
                "name: flights\nlabel: late\nfeatures: {numeric: [miles]}\nloss: hinge\n"
                        + "when: {field: type, equals: flight}\n");
        Path hotels = Files.writeString(
                directory.resolve("hotels.yaml"),
                "name: hotels\nlabel: price\nfeatures: {numeric: [stars]}\nloss: mean-squared-error\n"
                        + "when: {field: type, equals: hotel}\n");
        Path rows = Files.writeString(directory.resolve("mixed.csv"), """
                type,miles,late
                flight,100,1
                hotel,,
                """);
        done("topics", "create", "--partitions", "1");
        done("apply", "-f", flights.toString(), "-f", hotels.toString());
        assertThat(run("feed", "--input", rows.toString()).err())
                .startsWith("freshet: model hotels: " + rows + ": no column stars (expected: ")
                .contains("; to send the rows only to models whose fields the file has, use --model flights");
        assertThat(run("feed", "--input", rows.toString(), "--model", "fligths").err())
                .startsWith("freshet: --model: fligths (expected: one of flights, hotels; did you mean flights?");
        assertThat(done("feed", "--input", rows.toString(), "--model", "flights")
                        .out())
                .startsWith(prefix + ".samples: 1 row sent, 0 bad, 1 skipped (");

        // A file of one type needs no field that selects it.
        Files.writeString(rows, "miles,late,stars,price\n100,1,5,90\n");
        assertThat(done("feed", "--input", rows.toString(), "--model", "flights", "--model", "hotels")
                        .out())
                .startsWith(prefix + ".samples: 1 row sent, 0 bad (");
        assertThat(done("tail", "samples", "--from-beginning", "--limit", "3").outLines())
                .satisfiesExactly(
                        line -> assertThat(line).contains(" 0@0 model=flights ").contains(" type=flight"),
                        line -> assertThat(line).contains(" 0@1 model=flights "),
                        line -> assertThat(line).contains(" 0@2 model=hotels "));
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
