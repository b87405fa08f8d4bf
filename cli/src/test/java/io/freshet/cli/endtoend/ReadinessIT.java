package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.learning.learner.Learner;
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
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Catches a server that is ready before it has a model, or that is never ready because it waits for an unused lane.
 */
@Timeout(120)
class ReadinessIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error}");

    @AutoClose
    private static TestBroker broker;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @Test
    void is_ready_without_a_committed_topic_and_serves_it_once_created() throws Exception {
        Topics topics = Topics.of("alone");
        create(topics.parameters(), topics.metrics());
        try (ModelServer server = server(topics);
                KafkaProducer<byte[], byte[]> producer = producer("alone")) {
            assertThat(status(server, "/v2/health/ready")).isEqualTo(503);
            publish(producer, topics.parameters(), SPEC);
            awaitReady(server);

            ModelSpec other = ModelSpec.parse(
                    "{name: other, label: y, features: {numeric: [x]}, loss: mean-squared-error, publish: {lane: committed}}");
            create(topics.committed());
            publish(producer, topics.committed(), other);
            await().atMost(PATIENCE).until(() -> status(server, "/v2/models/other") == 200);
            assertThat(status(server, "/v2/health/ready")).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"eager", "committed"})
    void is_ready_with_the_first_model_in_either_lane(String lane) throws Exception {
        Topics topics = Topics.of(lane);
        create(topics.parameters(), topics.committed(), topics.metrics());
        try (ModelServer server = server(topics);
                KafkaProducer<byte[], byte[]> producer = producer(lane)) {
            awaitRead(server, topics);
            assertThat(status(server, "/v2/health/live")).isEqualTo(200);
            assertThat(status(server, "/v2/health/ready")).isEqualTo(503);

            publish(producer, lane.equals("eager") ? topics.parameters() : topics.committed(), SPEC);
            awaitReady(server);
            assertThat(status(server, "/v2/models/m")).isEqualTo(200);
        }
    }

    @Test
    void ignores_snapshots_of_an_open_transaction() throws Exception {
        Topics topics = Topics.of("open");
        create(topics.parameters(), topics.committed(), topics.metrics());
        try (KafkaProducer<byte[], byte[]> producer = producer("open")) {
            producer.beginTransaction();
            send(producer, topics.committed(), SPEC);
            producer.flush();
            try (ModelServer server = server(topics)) {
                awaitRead(server, topics);
                assertThat(status(server, "/v2/health/ready")).isEqualTo(503);
                assertThat(status(server, "/v2/models/m")).isEqualTo(503);
                producer.commitTransaction();
                awaitReady(server);
                assertThat(status(server, "/v2/models/m")).isEqualTo(200);
            }
        }
    }

    private static void create(String... topics) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(Stream.of(topics)
                            .map(topic -> new NewTopic(topic, 1, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
    }

    private static ModelServer server(Topics topics) {
        return ModelServer.start(ServerOptions.of(broker.bootstrapServers())
                .withPrefix(topics.prefix())
                .withAddress("127.0.0.1", 0));
    }

    private static KafkaProducer<byte[], byte[]> producer(String name) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", name),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }

    private static void publish(KafkaProducer<byte[], byte[]> producer, String topic, ModelSpec spec) {
        producer.beginTransaction();
        send(producer, topic, spec);
        producer.commitTransaction();
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String topic, ModelSpec spec) {
        Learner learner = new Learner(spec);
        List<KeyedBytes> records =
                new SnapshotCodec().write(learner.snapshot(learner.start(), ""), "samples", 1_000, "test");
        records.forEach(record -> producer.send(new ProducerRecord<>(topic, record.key(), record.value())));
    }

    /** Waits until the server has read both topics: only then does it report their lag. */
    private void awaitRead(ModelServer server, Topics topics) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(server, "/metrics").body())
                        .contains("freshet_lag_records{topic=\"" + topics.parameters() + "\"}")
                        .contains("freshet_lag_records{topic=\"" + topics.committed() + "\"}"));
    }

    private void awaitReady(ModelServer server) {
        await().atMost(PATIENCE).until(() -> status(server, "/v2/health/ready") == 200);
    }

    private int status(ModelServer server, String path) throws IOException, InterruptedException {
        return get(server, path).statusCode();
    }

    private HttpResponse<String> get(ModelServer server, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
