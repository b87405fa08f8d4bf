package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.Run;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.job.FreshetJoin;
import io.freshet.job.join.JoinTopics;
import io.freshet.job.join.decode.JoinTiming;
import io.freshet.job.join.decode.RequestFormat;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.RecordedFormat;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.JoinTopology;
import io.freshet.job.topology.KafkaJoin;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.kafka.UnjoinedHeaders;
import io.freshet.schemas.loop.JoinCount;
import io.freshet.schemas.loop.JoinReport;
import io.freshet.schemas.loop.JoinReportCodec;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleReader;
import io.freshet.schemas.snapshot.TopicFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch answers and outcomes that the join reads, and whose samples do not arrive, arrive twice, or have another label. */
@Timeout(400)
class JoinIT {
    private static final int REQUESTS = 200;
    private static final String SPEC = """
        {name: ctr, label: y, features: {numeric: [age], categorical: [origin]}, loss: binary-cross-entropy,
         evaluation: {window: 100},
         join: {within: 2s, after: 500ms, grace: 10m, slices: [origin]}}
        """;
    private static final JoinTiming TIMING =
            new JoinTiming(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMinutes(1));

    @AutoClose
    private static TestBroker broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void joins_answers_with_outcomes(int parallelism) throws Exception {
        Topics topics = Topics.of("join" + parallelism);
        create(topics);
        long start = System.currentTimeMillis() - 60_000;
        List<byte[]> answers = new ArrayList<>();
        List<byte[]> outcomes = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            answers.add(answer("r" + i, start + i, 0.25));
            if (i % 4 == 0) {
                outcomes.add(outcome("r" + i, 1, start + i + 1000));
            }
        }
        broker.send(topics.answers(), 0, answers.subList(0, REQUESTS / 2));
        broker.send(topics.answers(), 1, answers.subList(REQUESTS / 2, REQUESTS));
        broker.send(topics.outcomes(), 2, outcomes);
        try (LocalCluster cluster = LocalCluster.start(directory.resolve("flink"), parallelism, new Configuration())) {
            JobID job = start(cluster, topics);
            await("all samples").atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                LocalCluster.requireNoFailure(cluster.result(job));
                assertThat(samples(topics)).hasSize(2 * REQUESTS + REQUESTS / 4);
            });
            await("the report").atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                JoinReport report = report(topics);
                assertThat(report).isNotNull();
                assertThat(report.counts().get(JoinCount.JOINED)).isEqualTo(REQUESTS / 4);
                assertThat(report.counts().get(JoinCount.EXPIRED)).isEqualTo(REQUESTS - REQUESTS / 4);
                assertThat(report.counts().get(JoinCount.OPEN)).isZero();
            });
        }
        List<String> samples = samples(topics);
        assertThat(samples).doesNotHaveDuplicates();
        for (int i = 0; i < REQUESTS; i++) {
            String id = "r" + i;
            List<String> expected = i % 4 == 0
                    ? List.of("OPEN " + id + " 0.0", "CHANGED " + id + " 1.0 from 0.0", "CLOSED " + id + " 1.0")
                    : List.of("OPEN " + id + " 0.0", "CLOSED " + id + " 0.0");
            assertThat(samples.stream().filter(sample -> sample.contains(" " + id + " ")))
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void a_bad_record_becomes_a_dead_letter_with_its_reason_and_stops_no_other(int parallelism) throws Exception {
        Topics topics = Topics.of("bad" + parallelism);
        create(topics);
        long now = System.currentTimeMillis();
        long start = now - 60_000;
        long year = now + Duration.ofDays(365).toMillis();
        broker.send(
                topics.answers(),
                0,
                Arrays.asList(
                        answer("good", start, 0.5),
                        bytes("{"),
                        null,
                        bytes("{\"id\":\"r\",\"time\":1,\"model\":\"ctr\",\"outputs\":{}}"),
                        bytes("{\"id\":\"r\",\"time\":" + start
                                + ",\"model\":\"ctr\",\"fields\":{\"origin\":\"SEA\"}}"),
                        bytes("{\"id\":\"r\",\"time\":" + start
                                + ",\"model\":\"ctr\",\"fields\":{\"age\":\"x\",\"origin\":\"SEA\"}}"),
                        bytes("{\"id\":\"" + "x".repeat(500_000) + "\",\"time\":" + start + ",\"model\":\"ctr\"}"),
                        bytes("{\"id\":\"other\",\"time\":1,\"model\":\"other\"}"),
                        answer("shadow", start, 0.5, true)));
        // One partition whose clock is a year ahead.
        broker.send(topics.answers(), 1, List.of(answer("ahead", year, 0.5), answer("ahead2", year, 0.5)));
        broker.send(
                topics.outcomes(),
                0,
                Arrays.asList(
                        outcome("good", 1, start + 1000),
                        bytes("{\"id\":\"good\",\"value\":2,\"time\":" + (start + 1) + "}"),
                        bytes("{\"id\":\"good\",\"value\":\"yes\",\"time\":" + (start + 1) + "}"),
                        bytes("{\"value\":1}"),
                        bytes("{\"id\":\"good\",\"value\":1,\"time\":" + year + "}"),
                        bytes("{\"id\":\"good\",\"value\":1,\"x\":\"" + "x".repeat(10_000) + "\"}"),
                        outcome("good", 0, start + 5000),
                        outcome("never", 1, start)));
        try (LocalCluster cluster = LocalCluster.start(directory.resolve("flink"), parallelism, new Configuration())) {
            JobID job = start(cluster, topics);
            await("all samples").atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                LocalCluster.requireNoFailure(cluster.result(job));
                assertThat(samples(topics))
                        .containsExactly("OPEN good 0.0", "CHANGED good 1.0 from 0.0", "CLOSED good 1.0");
                assertThat(broker.readAll(topics.deadLetters())).hasSize(13);
            });
        }
        assertThat(headers(topics.deadLetters(), DeadLetterHeaders.MESSAGE))
                .anyMatch(message -> message.startsWith("value: ") && message.contains("JSON object"))
                .contains("value: none (expected: an answer)")
                .contains("age: missing (expected: a number)")
                .anyMatch(message -> message.startsWith("fields: missing"))
                .anyMatch(message -> message.startsWith("age: \"x\""))
                .anyMatch(message -> message.startsWith("id: a text of 500000 bytes"))
                .anyMatch(message -> message.startsWith("event_time: " + year))
                .anyMatch(message -> message.startsWith("time: " + year))
                .anyMatch(message -> message.startsWith("value: 2 (expected:"))
                .anyMatch(message -> message.startsWith("value: yes (expected: a number"))
                .anyMatch(message -> message.startsWith("id: missing"))
                .anyMatch(message -> message.equals("outcome: 10030 bytes (expected: up to 8192)"));
        assertThat(headers(topics.unjoined(), UnjoinedHeaders.REASON)).containsExactly("outside");
    }

    @Test
    void joins_records_of_features_for_every_model_that_selects_them() throws Exception {
        Topics topics = Topics.of("features");
        create(topics);
        apply(topics, SPEC.replace("{name: ctr", "{name: views, when: {field: kind, equals: view}"));
        long start = System.currentTimeMillis() - 60_000;
        String features = "\"age\":31,\"origin\":\"SEA\",\"ts\":" + start + "}";
        broker.send(
                topics.answers(),
                0,
                List.of(
                        bytes("{\"rid\":\"v\",\"kind\":\"view\"," + features),
                        bytes("{\"rid\":\"c\",\"kind\":\"click\"," + features),
                        bytes("{\"kind\":\"view\"," + features)));
        broker.send(
                topics.outcomes(), 0, List.of(bytes("{\"id\":\"v\",\"value\":true,\"time\":" + (start + 100) + "}")));
        RecordFormat format = new RecordFormat.Json(RecordFields.of("rid", "ts", null));
        try (LocalCluster cluster = LocalCluster.start(directory.resolve("flink"), 1, new Configuration())) {
            JobID job = start(cluster, topics, new RequestFormat.Features(format));
            await("all samples").atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                LocalCluster.requireNoFailure(cluster.result(job));
                assertThat(samples(topics))
                        .containsExactlyInAnyOrder(
                                "OPEN v 1.0",
                                "OPEN v 1.0",
                                "OPEN c 0.0",
                                "CLOSED v 1.0",
                                "CLOSED v 1.0",
                                "CLOSED c 0.0");
            });
        }
        // For each model that selects it.
        assertThat(headers(topics.deadLetters(), DeadLetterHeaders.MESSAGE))
                .hasSize(2)
                .allMatch(message -> message.startsWith("id: missing (expected: a text"));
    }

    @Test
    void the_main_class_joins_the_topics_of_its_options() throws Exception {
        Topics topics = Topics.of("main");
        create(topics);
        long start = System.currentTimeMillis() - 60_000;
        broker.send(topics.answers(), 0, List.of(answer("r", start, 0.5)));
        broker.send(topics.outcomes(), 0, List.of(outcome("r", 1, start + 100)));
        Path output = directory.resolve("join.log");
        Process join = main(topics, output);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            await("all samples").atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                assertThat(join.isAlive()).as(Files.readString(output)).isTrue();
                assertThat(samples(topics)).containsExactly("OPEN r 1.0", "CLOSED r 1.0");
                // The group also has the offset of the models topic, which may be there before those of the records.
                assertThat(admin.listConsumerGroupOffsets(topics.prefix() + KafkaJoin.NAME)
                                .partitionsToOffsetAndMetadata()
                                .get())
                        .containsKey(new TopicPartition(topics.answers(), 0));
            });
        } finally {
            join.destroyForcibly().waitFor();
        }
        Process again = main(topics, output);
        try {
            assertThat(again.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(again.exitValue()).isNotZero();
            assertThat(Files.readString(output))
                    .contains("no checkpoint or savepoint, but this consumer group has read");
            assertThat(samples(topics)).hasSize(2);
        } finally {
            again.destroyForcibly().waitFor();
        }
    }

    @Test
    void the_join_writes_to_no_topic_that_the_trainer_reads_in_another_format() throws Exception {
        Topics topics = Topics.of("json");
        create(topics);
        RecordedFormat.write(
                KafkaCluster.at(broker.bootstrapServers()),
                topics,
                new TopicFormat(topics.samples(), "json", null, RecordFields.NONE, List.of()),
                Instant.now());
        Path output = directory.resolve("join.log");
        Process join = main(topics, output);
        try {
            assertThat(join.waitFor(240, TimeUnit.SECONDS)).isTrue();
            assertThat(join.exitValue()).isNotZero();
            assertThat(Files.readString(output))
                    .contains("topic json.samples: the trainer reads json (expected: avro, which the join writes)");
        } finally {
            join.destroyForcibly().waitFor();
        }
    }

    private static Process main(Topics topics, Path output) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "--add-opens=java.base/java.util=ALL-UNNAMED",
                        FreshetJoin.class.getName(),
                        "--bootstrap-servers=" + broker.bootstrapServers(),
                        "--prefix=" + topics.prefix(),
                        "--checkpoint-interval=0.5s",
                        "--idle=1s")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private static void create(Topics topics) throws Exception {
        broker.createLoop(topics, 3);
        apply(topics, SPEC);
    }

    private static void apply(Topics topics, String yaml) throws Exception {
        Path spec = Files.writeString(Files.createTempFile("spec", ".yaml"), yaml);
        Run run = Run.of(
                "apply",
                "-f",
                spec.toString(),
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--prefix",
                topics.prefix());
        assertThat(run.code()).as(run.out() + run.err()).isZero();
    }

    private static JobID start(LocalCluster cluster, Topics topics) throws Exception {
        return start(cluster, topics, new RequestFormat.Answers());
    }

    private static JobID start(LocalCluster cluster, Topics topics, RequestFormat format) throws Exception {
        KafkaCluster kafka = KafkaCluster.at(broker.bootstrapServers());
        KafkaJoin join = new KafkaJoin(
                kafka,
                topics,
                JoinTopics.of(topics),
                OffsetsInitializer.earliest(),
                SpecTopic.read(kafka, topics.models(), false));
        return cluster.submit(
                env -> JoinTopology.build(env, join.sources(format, TIMING), join.sinks()), Duration.ofMillis(500));
    }

    private static byte[] answer(String id, long time, double prediction) {
        return answer(id, time, prediction, false);
    }

    private static byte[] answer(String id, long time, double prediction, boolean shadow) {
        return bytes("{\"id\":\"" + id + "\",\"row\":0,\"time\":" + time + ",\"event_time\":" + time
                + ",\"model\":\"ctr\",\"key\":null,\"version\":7,\"lane\":\"eager\",\"version_label\":null,\"share\":null,"
                + "\"age_millis\":120,\"shadow\":" + shadow + ",\"outputs\":{\"prediction\":" + prediction
                + "},\"fields\":{\"age\":31,\"origin\":\"SEA\"}}");
    }

    private static byte[] outcome(String id, double value, long time) {
        return bytes("{\"model\":\"ctr\",\"id\":\"" + id + "\",\"value\":" + value + ",\"time\":" + time + "}");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static List<String> samples(Topics topics) throws Exception {
        SampleReader reader = new SampleReader();
        List<String> samples = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : broker.readAll(topics.samples())) {
            SampleReader.Fields fields = reader.read(record.value());
            Object previous = fields.header().previous();
            assertThat(new String(record.key(), UTF_8))
                    .isEqualTo(fields.header().id());
            samples.add(fields.header().stage() + " " + fields.header().id() + " "
                    + fields.numbers().get("y") + (previous == null ? "" : " from " + previous));
        }
        return samples;
    }

    private static JoinReport report(Topics topics) throws Exception {
        JoinReport newest = null;
        JoinReportCodec codec = new JoinReportCodec();
        for (ConsumerRecord<byte[], byte[]> record : broker.readAll(topics.metrics())) {
            if (record.value() != null && JoinReportCodec.isReport(record.key())) {
                newest = codec.read(record.value());
            }
        }
        return newest;
    }

    private static List<String> headers(String topic, String name) throws Exception {
        return broker.readAll(topic).stream()
                .map(record -> new String(record.headers().lastHeader(name).value(), UTF_8))
                .toList();
    }
}
