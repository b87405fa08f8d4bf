package io.freshet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.embedded.EmbeddedKafka;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.learning.evaluation.Tally;
import io.freshet.learning.lineage.Lineage;
import io.freshet.learning.loss.Task;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.evaluation.Evaluation;
import io.freshet.schemas.evaluation.EvaluationCodec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.topic.Topics;
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
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands against a real broker; each test has its own prefix. */
@Timeout(120)
class ToolsIT {
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
    void creates_and_lists_topics_and_leaves_existing_ones_unchanged() {
        assertThat(run("topics", "list").outLines()).hasSize(9).allMatch(line -> line.matches(".*(STATE|missing).*"));
        assertThat(done("topics", "create", "--partitions", "3").outLines())
                .containsExactly(
                        "topic " + prefix + ".samples: created",
                        "topic " + prefix + ".models: created",
                        "topic " + prefix + ".parameters: created",
                        "topic " + prefix + ".parameters-committed: created",
                        "topic " + prefix + ".history: created",
                        "topic " + prefix + ".rounds: created",
                        "topic " + prefix + ".metrics: created",
                        "topic " + prefix + ".samples-dlt: created");
        assertThat(done("topics", "create").outLines()).hasSize(8).allMatch(line -> line.endsWith(": exists"));
        assertThat(done("topics", "list", "--output", "json").out())
                .contains("{\"topic\":\"" + prefix + ".samples\",\"state\":\"exists\",\"partitions\":3,"
                        + "\"replicationFactor\":1,\"cleanupPolicy\":\"delete\"}")
                .contains("{\"topic\":\"" + prefix + ".models\",\"state\":\"exists\",\"partitions\":1,"
                        + "\"replicationFactor\":1,\"cleanupPolicy\":\"compact\"}");
    }

    @Test
    void rejects_more_partitions_than_an_existing_topic_has() {
        done("topics", "create", "--partitions", "3");
        done("topics", "create", "--partitions", "2");
        Run run = run("topics", "create", "--partitions", "5");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("freshet: --partitions: 5 (expected: at most 3, as topic " + prefix
                        + ".samples has; Kafka's own tools can add partitions)");
    }

    @Test
    void creates_topics_with_the_planned_settings() throws Exception {
        done("topics", "create", "--partitions", "2");
        List<TopicPlan> plans = TopicPlan.of(Topics.of(prefix), 2);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            for (TopicPlan plan : plans) {
                ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, plan.name());
                // A broker may learn of a new topic later than its controller.
                Config found = await().ignoreException(ExecutionException.class)
                        .until(() -> admin.describeConfigs(List.of(topic)).all().get(), Objects::nonNull)
                        .get(topic);
                assertThat(found.get("cleanup.policy").value()).as(plan.name()).isEqualTo(plan.cleanupPolicy());
                plan.settings()
                        .forEach((key, value) -> assertThat(found.get(key).value())
                                .as(plan.name() + ": " + key)
                                .isEqualTo(value));
            }
        }
    }

    @Test
    void rejects_an_unsuitable_topic_and_creates_nothing() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(prefix + ".parameters", 1, (short) 1)))
                    .all()
                    .get();
        }

        Run run = run("topics", "create");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().strip())
                .isEqualTo("freshet: topic " + prefix + ".parameters: cleanup.policy: delete (expected: compact)");
        assertThat(run("topics", "list").out().lines().filter(line -> line.contains("missing")))
                .hasSize(7);
    }

    @Test
    void applies_lists_describes_changes_and_deletes_models() throws Exception {
        assertThat(run("apply", "-f", spec.toString()).err().strip())
                .isEqualTo("freshet: topic " + prefix + ".models: does not exist (expected: freshet topics create)");
        done("topics", "create");
        assertThat(done("get").out().strip()).isEqualTo("no models (expected: freshet apply -f <file>)");

        String hash = ModelSpec.parse(Files.readString(spec)).hash();
        assertThat(done("apply", "-f", spec.toString()).out().strip())
                .isEqualTo("model delays: created (" + hash + ")");
        assertThat(done("apply", "-f", spec.toString()).out().strip())
                .isEqualTo("model delays: unchanged (" + hash + ")");
        Path changed = Files.writeString(
                directory.resolve("changed.yaml"), Files.readString(spec) + "optimizer: {learningRate: 0.5}\n");
        assertThat(done("apply", "-f", changed.toString()).out()).startsWith("model delays: changed (");

        assertThat(done("get").outLines())
                .hasSize(3)
                .element(1)
                .asString()
                .matches("delays +carrier +linear +binary-cross-entropy +\\S+ +trainer gone +\\d+ s ago +[0-9a-f]{16}");
        assertThat(done("get", "--output", "json").out())
                .contains("\"state\":\"trainer gone\",\"since\":null,\"failure\":null");
        send(
                prefix + ".metrics",
                List.of(
                        failed("of another specification"),
                        failed(ModelSpec.parse(Files.readString(changed)).hash())));
        assertThat(done("get").outLines()).hasSize(3).last().isEqualTo("model delays: failed: OpenBLAS does not load");
        assertThat(done("describe", "delays").out()).startsWith("# state:      failed: OpenBLAS does not load\n");
        assertThat(done("tail", "metrics", "--from-beginning", "--limit", "1").out())
                .contains("model=delays state=failed failure=\"OpenBLAS does not load\"");
        String described = done("describe", "delays").out();
        assertThat(described).contains("# parameters: 18 for each carrier");
        assertThat(ModelSpec.parse(described)).isEqualTo(ModelSpec.parse(Files.readString(changed)));
        assertThat(done("describe", "delays", "--output", "json").out())
                .contains("\"parameters\":18,")
                .contains("\"spec\":{\"name\":\"delays\"");
        assertThat(run("describe", "delay").err().strip())
                .isEqualTo("freshet: model delay: does not exist (expected: delays?)");

        assertThat(done("delete", "delays").out().strip()).isEqualTo("model delays: deleted");
        Run again = run("delete", "delays");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).startsWith("freshet: model delays: does not exist");
        assertThat(done("tail", "models", "--from-beginning", "--limit", "3").outLines())
                .satisfiesExactly(
                        line -> assertThat(line).contains(" 0@0 model=delays state=applied key=carrier "),
                        line -> assertThat(line).contains(" 0@1 model=delays state=applied key=carrier "),
                        line -> assertThat(line).endsWith(" 0@2 model=delays state=deleted"));
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

    @Test
    void tails_snapshots_and_metrics_and_reports_malformed_records() throws Exception {
        done("topics", "create", "--partitions", "1");
        ModelSpec model = ModelSpec.parse(Files.readString(spec));
        Snapshot snapshot = new Snapshot(
                model,
                "AA",
                40,
                20,
                new float[18],
                new double[3],
                new Lineage(new int[] {0}, new long[] {0}, new long[] {39}, 0, 40, List.of()),
                new long[0],
                null);
        List<KeyedBytes> records =
                new ArrayList<>(new SnapshotCodec().write(snapshot, prefix + ".samples", 1234, "test"));
        records.addAll(new SnapshotCodec().delete("delays", "AA", 0));
        send(prefix + ".parameters", records);
        Evaluation evaluation = new Evaluation(
                Evaluation.Subject.of("delays", "AA"),
                new Evaluation.Counts(40, 20, 1),
                new Evaluation.Window(3, false, 0, 0, null),
                new Tally(Task.BINARY, 1),
                Evaluation.Learning.UNKNOWN,
                Evaluation.Progress.UNKNOWN);
        send(
                prefix + ".metrics",
                List.of(
                        new EvaluationCodec().write(evaluation),
                        new EvaluationCodec().delete("delays", "AA"),
                        new KeyedBytes("x".getBytes(UTF_8), "broken".getBytes(UTF_8))));

        assertThat(done("tail", "snapshots", "--from-beginning", "--limit", "2").outLines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .contains(" 0@0 model=delays key=AA topic=" + prefix
                                        + ".parameters version=40 updates=20 hash=" + model.hash()
                                        + " parameters=18 watermark=1970-01-01T00:00:00Z"),
                        line -> assertThat(line)
                                .endsWith(" 0@1 model=delays key=AA topic=" + prefix + ".parameters state=deleted"));
        assertThat(done("tail", "metrics", "--from-beginning", "--limit", "3").outLines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("TIME      MODEL "),
                        line -> assertThat(line).contains("  delays/AA ").endsWith(" 1 rejected"),
                        line -> assertThat(line).endsWith(" 0@1 model=delays key=AA state=deleted"),
                        line -> assertThat(line)
                                .contains(" 0@2 malformed=\"value: ")
                                .endsWith(" value=broken"));
    }

    private static KeyedBytes failed(String specHash) {
        return new EvaluationCodec()
                .write(Evaluation.failed(
                        "delays",
                        specHash,
                        "OpenBLAS does not load",
                        System.currentTimeMillis(),
                        new Tally(Task.BINARY, 1)));
    }

    private static void send(String topic, List<KeyedBytes> records) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (KeyedBytes record : records) {
                producer.send(new ProducerRecord<>(topic, record.key(), record.value()))
                        .get();
            }
        }
    }

    private Run done(String... arguments) {
        return run(arguments).done();
    }

    private Run run(String... arguments) {
        return Run.at(kafka.bootstrapServers(), prefix, arguments);
    }
}
