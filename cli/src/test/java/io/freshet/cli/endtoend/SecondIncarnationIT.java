package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.Run;
import io.freshet.cli.dev.LocalCluster;
import io.freshet.job.TestStream;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.learning.evaluation.Tally;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches a server that keeps serving a discarded model while the same specification is learned from scratch. */
@Timeout(180)
class SecondIncarnationIT {
    private static final int SAMPLES = 2_000;
    private static final int DELETED = 1_500;
    private static final String SPEC = """
            {name: m, label: y, features: {numeric: [a, b]}, loss: binary-cross-entropy,
             publish: {everySamples: 100, everyMillis: 50, minimumMillis: 0}, evaluation: {window: 100}}
            """;

    @AutoClose
    private static TestBroker broker;

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @Test
    void follows_a_job_that_lost_its_checkpoints_from_its_first_sample() throws Exception {
        Topics topics = Topics.of("lost");
        prepare(topics);
        try (ModelServer server = server(topics)) {
            try (LocalCluster cluster = job(topics, "first")) {
                awaitSamples(server, SAMPLES);
            }
            deleteSamples(topics, DELETED);
            try (LocalCluster cluster = job(topics, "second")) {
                awaitSamples(server, SAMPLES - DELETED);
            }
        }
    }

    @Test
    void a_deleted_model_stays_deleted_and_starts_from_scratch_when_applied_again() throws Exception {
        Topics topics = Topics.of("deleted");
        prepare(topics);
        try (ModelServer server = server(topics);
                LocalCluster cluster = job(topics, "deleted")) {
            awaitSamples(server, SAMPLES);
            run(topics, "delete", "m");
            await("it is deleted")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> version(server) == 0
                            && server.latestEvaluations().models().isEmpty());
            try (ModelServer other = server(topics)) {
                await("another server has read the whole topic")
                        .atMost(Duration.ofSeconds(60))
                        .until(() ->
                                metrics(other).contains("freshet_lag_records{topic=\"" + topics.metrics() + "\"} 0.0"));
                assertThat(other.latestEvaluations().models()).isEmpty();
                assertThat(version(other)).isZero();
            }
            run(topics, "apply", "-f", spec());
            // The model receives samples only once a checkpoint contains it.
            long[] sent = {SAMPLES};
            await("it learns again").atMost(Duration.ofSeconds(60)).until(() -> {
                send(topics, sent[0], sent[0] + 100);
                sent[0] += 100;
                Tally total = server.latestEvaluations().total("m");
                return total != null && version(server) > 0 && total.samples() < SAMPLES;
            });
        }
    }

    private void prepare(Topics topics) throws Exception {
        run(topics, "topics", "create", "--partitions", "1");
        run(topics, "apply", "-f", spec());
        send(topics, 0, SAMPLES);
    }

    private String spec() throws Exception {
        return Files.writeString(directory.resolve("m.yaml"), SPEC).toString();
    }

    private static void send(Topics topics, long from, long to) throws Exception {
        broker.send(
                topics.samples(),
                0,
                LongStream.range(from, to).mapToObj(TestStream::value).toList());
    }

    private static void deleteSamples(Topics topics, long before) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.deleteRecords(Map.of(new TopicPartition(topics.samples(), 0), RecordsToDelete.beforeOffset(before)))
                    .all()
                    .get();
        }
    }

    private LocalCluster job(Topics topics, String name) throws Exception {
        LocalCluster cluster = LocalCluster.start(directory.resolve(name), 1);
        KafkaTrainer trainer = new KafkaTrainer(
                KafkaCluster.at(broker.bootstrapServers()),
                topics,
                OffsetsInitializer.earliest(),
                false,
                SpecTopic.read(KafkaCluster.at(broker.bootstrapServers()), topics.models(), false),
                RecordFormat.avro());
        cluster.submit(trainer.sources(), trainer.sinks(), Duration.ofMillis(100));
        return cluster;
    }

    private static ModelServer server(Topics topics) {
        return ModelServer.start(ServerOptions.of(broker.bootstrapServers())
                .withPrefix(topics.prefix())
                .withAddress("127.0.0.1", 0));
    }

    private static void run(Topics topics, String... arguments) {
        String[] all = Stream.concat(
                        Arrays.stream(arguments),
                        Stream.of("--bootstrap-servers", broker.bootstrapServers(), "--prefix", topics.prefix()))
                .toArray(String[]::new);
        Run run = Run.of(all);
        assertThat(run.code()).as(run.out() + run.err()).isZero();
    }

    /** Waits until the server serves a version of this many samples, and its evaluation. */
    private void awaitSamples(ModelServer server, long samples) {
        await("version " + samples).atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(version(server)).isEqualTo(samples);
            Tally total = server.latestEvaluations().total("m");
            assertThat(total == null ? 0 : total.samples()).isEqualTo(samples);
        });
    }

    /** Returns the version served, or 0 if there is none. */
    private long version(ModelServer server) throws Exception {
        return metrics(server)
                .lines()
                .filter(line -> line.startsWith("freshet_model_version{"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                .findAny()
                .orElse(0);
    }

    private String metrics(ModelServer server) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/metrics");
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
