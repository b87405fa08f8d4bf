package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a server that takes records for new ones which it reads again, or for old ones which are new. */
@Timeout(180)
class ServerTopicsIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, loss: mean-squared-error, features: {numeric: [a]}}");

    private final Topics topics = Topics.of("served");
    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    /** Tombstones in the topic would remove the model, its pin, and its labels, until newer records follow. */
    @Test
    void a_pinned_model_is_kept_while_all_brokers_are_gone_and_when_they_are_back() throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.start(directory);
        try (ModelServer server = serve(kafka)) {
            create(kafka);
            publish(kafka, 1);
            send(kafka, new SnapshotCodec().delete("m", "", 0));
            publish(kafka, 2);
            awaitVersion(server, 2);
            pin(server);
            publish(kafka, 3);
            await().atMost(TIMEOUT).until(() -> metrics(server).contains("result=\"swapped\"} 3.0"));

            String address = kafka.bootstrapServers();
            kafka.close();
            // Longer than a request waits for brokers.
            await().during(Duration.ofSeconds(7)).atMost(TIMEOUT).until(() -> version(server) == 2);
            kafka = EmbeddedKafka.start(directory, Integer.parseInt(address.replaceFirst(".*:", "")));
            publish(kafka, 4);

            await().atMost(TIMEOUT).until(() -> metrics(server).contains("result=\"swapped\"} 4.0"));
            assertThat(version(server)).isEqualTo(2);
            assertThat(metrics(server)).contains("result=\"removed\"} 1.0").contains("result=\"stale\"} 0.0");
        } finally {
            kafka.close();
        }
    }

    /** The model learns again from the first offset, so its incarnation cannot be told from the one before. */
    @Test
    void recreated_topics_are_served_without_a_restart() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory);
                ModelServer server = serve(kafka)) {
            create(kafka);
            publish(kafka, 8_999);
            publish(kafka, 9_000);
            awaitVersion(server, 9_000);

            try (Admin admin = admin(kafka)) {
                admin.deleteTopics(List.of(topics.parameters(), topics.metrics()))
                        .all()
                        .get();
            }
            await().atMost(TIMEOUT).ignoreExceptions().until(() -> {
                create(kafka);
                return true;
            });
            publish(kafka, 1);
            publish(kafka, 2);
            publish(kafka, 3);

            awaitVersion(server, 3);
        }
    }

    private ModelServer serve(EmbeddedKafka kafka) {
        return ModelServer.start(ServerOptions.of(kafka.bootstrapServers())
                .withPrefix(topics.prefix())
                .withAddress("127.0.0.1", 0));
    }

    private void create(EmbeddedKafka kafka) throws Exception {
        try (Admin admin = admin(kafka)) {
            admin.createTopics(List.of(
                            new NewTopic(topics.parameters(), 1, (short) 1),
                            new NewTopic(topics.metrics(), 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static Admin admin(EmbeddedKafka kafka) {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private void publish(EmbeddedKafka kafka, long version) throws Exception {
        Lineage lineage = new Lineage(new int[1], new long[1], new long[] {version}, 0, version, List.of());
        Snapshot snapshot =
                new Snapshot(SPEC, "", version, version, new float[2], new double[3], lineage, new long[0], null);
        send(kafka, new SnapshotCodec().write(snapshot, topics.samples(), System.currentTimeMillis(), "0.1.0"));
    }

    private void send(EmbeddedKafka kafka, List<KeyedBytes> records) throws Exception {
        try (Producer<byte[], byte[]> producer =
                KafkaOptions.of(kafka.bootstrapServers()).producer(Map.of())) {
            for (KeyedBytes record : records) {
                producer.send(new ProducerRecord<>(topics.parameters(), record.key(), record.value()))
                        .get();
            }
        }
    }

    private void pin(ModelServer server) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(server, "/v2/repository/models/m/load"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"parameters\": {\"version\": \"2\"}}"))
                .build();
        assertThat(client.send(request, BodyHandlers.ofString(UTF_8)).statusCode())
                .isEqualTo(200);
    }

    private void awaitVersion(ModelServer server, long version) {
        await().atMost(TIMEOUT).ignoreExceptions().until(() -> version(server) == version);
    }

    /** Returns the version that the server has for requests that name none, or -1. */
    private long version(ModelServer server) throws IOException, InterruptedException {
        String name = "freshet_model_version{model=\"m\"} ";
        return metrics(server)
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElse(-1);
    }

    private String metrics(ModelServer server) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri(server, "/metrics")).build();
        return client.send(request, BodyHandlers.ofString(UTF_8)).body();
    }

    private static URI uri(ModelServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }
}
