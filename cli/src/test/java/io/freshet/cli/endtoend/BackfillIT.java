package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.StartingPoint;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.facts.Evaluation;
import io.freshet.schemas.facts.EvaluationCodec;
import io.freshet.schemas.facts.HeartbeatCodec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Catches a job that does not start at the given time, that reports that it has caught up too early or never, and a metric that
 * docs/metrics.md documents but no reporter exposes.
 */
@Timeout(180)
class BackfillIT {
    private static final int EARLIER = 3_000;
    private static final int BACKLOG = 20_000;
    private static final int LIVE = 1_000;
    private static final int WINDOW = 500;
    private static final int PARTITIONS = 2;
    private static final ModelSpec SPEC = ModelSpec.parse("""
            {name: backfilled, label: y, loss: mean-squared-error, features: {numeric: [a]},
             evaluation: {window: %d}, publish: {everySamples: 1000, minimumMillis: 0}}
            """.formatted(WINDOW));

    private final Topics topics = Topics.of("backfill");
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(Duration.ofHours(12));
    private final List<Evaluation> evaluations = new ArrayList<>();

    @Test
    void a_job_started_at_a_time_catches_up_from_there_and_then_keeps_up() throws Exception {
        int reporter = freePort();
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            KafkaOptions options = KafkaOptions.of(kafka.bootstrapServers());
            run(kafka, "topics", "create", "--partitions", Integer.toString(PARTITIONS));
            try (Producer<byte[], byte[]> producer = options.producer(Map.of())) {
                send(producer, EARLIER, start.minus(Duration.ofHours(12)));
                send(producer, BACKLOG, start);

                JobClient job = submit(kafka.bootstrapServers(), reporter);
                try (TopicReader reader = TopicReader.open(options, topics.metrics());
                        ModelServer server = ModelServer.start(ServerOptions.of(kafka.bootstrapServers())
                                .withPrefix(topics.prefix())
                                .withAddress("127.0.0.1", 0))) {
                    assertCatchesUp(reader);
                    assertIsLive(reader, producer);

                    // The next heartbeat has still to arrive.
                    await().untilAsserted(() -> assertThat(get(server.port(), "/metrics"))
                            .contains("freshet_model_catching_up{model=\"backfilled\"} 0.0"));
                    assertThat(run(kafka, "tail", "metrics", "--from-beginning", "--limit", "42", "--output", "json"))
                            .contains(
                                    "\"stream\":\"catching up: ",
                                    " behind\",",
                                    "\"stream\":\"up to date\",\"behind\":");
                    assertExposesEveryDocumentedName(reporter);
                } finally {
                    job.cancel().get();
                }
            }
        }
    }

    private void assertCatchesUp(TopicReader reader) {
        await().atMost(Duration.ofSeconds(60)).until(() -> learned(reader) >= BACKLOG);
        assertThat(evaluations).hasSize(BACKLOG / WINDOW);
        assertThat(evaluations.subList(0, evaluations.size() - 1)).allSatisfy(evaluation -> {
            assertThat(evaluation.progress().catchingUp()).isTrue();
            assertThat(evaluation.progress().behind()).isBetween(0L, BACKLOG - evaluation.version());
        });
        assertThat(evaluations.get(evaluations.size() - 1).progress())
                .isEqualTo(new Evaluation.Progress(start.toEpochMilli() + BACKLOG - 1, 0L, false));
    }

    private void assertIsLive(TopicReader reader, Producer<byte[], byte[]> producer) throws Exception {
        evaluations.clear();
        send(producer, LIVE, Instant.now().minusMillis(LIVE));
        await().atMost(Duration.ofSeconds(60)).until(() -> learned(reader) >= BACKLOG + LIVE);
        assertThat(evaluations).hasSize(LIVE / WINDOW).allSatisfy(evaluation -> {
            assertThat(evaluation.progress().catchingUp()).isFalse();
            assertThat(evaluation.progress().behind()).isBetween(0L, (long) LIVE);
            assertThat(evaluation.emittedAt() - evaluation.progress().watermark())
                    .isBetween(0L, 60_000L);
        });
    }

    private void assertExposesEveryDocumentedName(int port) throws Exception {
        List<String> names = Pattern.compile("(?m)^\\| `(flink_\\w+)` \\|")
                .matcher(Files.readString(Path.of("..", "docs", "metrics.md")))
                .results()
                .map(row -> row.group(1))
                // Only a job with --export has it; see ExportIT.
                .filter(name -> !name.endsWith("_unexported"))
                .toList();
        assertThat(names).hasSizeGreaterThan(25);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            List<String> scraped = get(port, "/metrics").lines().toList();
            assertThat(names)
                    .allSatisfy(name -> assertThat(scraped).anyMatch(line -> line.matches(name + "(_count)?\\{.*")));
        });
        assertThat(get(port, "/metrics").lines())
                .anyMatch(line -> line.startsWith("flink_taskmanager_job_task_operator_model_windowLoss{")
                        && line.contains("model=\"backfilled\""))
                .anyMatch(line -> line.startsWith("flink_taskmanager_job_task_operator_pendingRecords{")
                        && line.contains("operator_name=\"Source:_samples\""))
                .anyMatch(line -> line.startsWith("flink_taskmanager_job_task_operator_learned{")
                        && line.contains("operator_name=\"learn\"")
                        && line.endsWith(" " + (BACKLOG + LIVE) + ".0"));
    }

    private JobClient submit(String bootstrapServers, int port) throws Exception {
        KafkaTrainer trainer = new KafkaTrainer(
                KafkaCluster.at(bootstrapServers),
                topics,
                StartingPoint.parse(start.toString(), Instant.now()),
                false,
                new SpecTopic(List.of(SPEC), 0),
                RecordFormat.avro());
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(
                1,
                Configuration.fromMap(Map.of(
                        "metrics.reporter.prom.factory.class",
                        "org.apache.flink.metrics.prometheus.PrometheusReporterFactory",
                        "metrics.reporter.prom.port",
                        Integer.toString(port))));
        TrainerEnvironment.configure(env, Duration.ofMillis(500));
        TrainerTopology.build(env, trainer.sources(), trainer.sinks());
        return env.executeAsync();
    }

    /** Reads new evaluations; returns the number of samples learned so far. */
    private long learned(TopicReader reader) {
        EvaluationCodec codec = new EvaluationCodec();
        for (ConsumerRecord<byte[], byte[]> record : reader.poll()) {
            try {
                if (!HeartbeatCodec.isHeartbeat(record.key())) {
                    evaluations.add(codec.read(record.value()));
                }
            } catch (MalformedRecordException e) {
                throw new AssertionError(e);
            }
        }
        return evaluations.isEmpty()
                ? 0
                : evaluations.get(evaluations.size() - 1).version();
    }

    /** Sends samples to all partitions in turn, one per millisecond of event time. */
    private void send(Producer<byte[], byte[]> producer, int samples, Instant from) throws Exception {
        SampleWriter writer = new SampleWriter();
        SplittableRandom random = new SplittableRandom(samples);
        var sent = IntStream.range(0, samples)
                .mapToObj(i -> {
                    double a = random.nextDouble(-1, 1);
                    long time = from.toEpochMilli() + i;
                    byte[] value = writer.write("", "", time, Map.of("a", a, "y", 2 * a), Map.of());
                    return producer.send(new ProducerRecord<>(topics.samples(), i % PARTITIONS, time, null, value));
                })
                .toList();
        for (var each : sent) {
            each.get();
        }
    }

    private String run(EmbeddedKafka kafka, String... arguments) {
        return Run.at(kafka.bootstrapServers(), topics.prefix(), arguments)
                .done()
                .out();
    }

    private static String get(int port, String path) throws IOException {
        try (var body = URI.create("http://127.0.0.1:" + port + path).toURL().openStream()) {
            return new String(body.readAllBytes(), UTF_8);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
