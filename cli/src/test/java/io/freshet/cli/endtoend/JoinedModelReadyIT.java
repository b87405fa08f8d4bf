package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.ModelSpecCodec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Would catch a server that gets requests before it knows the model that they are for: clients drop a 404. */
@Timeout(120)
class JoinedModelReadyIT {
    private static final String MODEL = "{name: %s, label: y, loss: mean-squared-error, features: {numeric: [x]}%s}";

    @AutoClose
    private static TestBroker broker;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @Test
    void a_ready_server_answers_for_a_joined_model_that_follows_large_records_of_the_models_topic() throws Exception {
        Topics topics = Topics.of("joined");
        broker.create(topics, 1);
        Learner other = new Learner(ModelSpec.parse(MODEL.formatted("other", "")));
        try (KafkaProducer<byte[], byte[]> producer =
                KafkaOptions.of(broker.bootstrapServers()).producer(Map.of())) {
            for (KeyedBytes record :
                    new SnapshotCodec().write(other.snapshot(other.start(), ""), topics.samples(), 1_000, "test")) {
                producer.send(new ProducerRecord<>(topics.parameters(), record.key(), record.value()));
            }
            // Like a warm start, which precedes the specification that refers to it.
            byte[] part = new byte[500_000];
            new Random(1).nextBytes(part);
            for (int i = 0; i < 120; i++) {
                producer.send(new ProducerRecord<>(topics.models(), new byte[2_000], part));
            }
            KeyedBytes joined = new ModelSpecCodec()
                    .write(ModelSpec.parse(MODEL.formatted("joined", ", join: {within: 1h, after: 0}")), 0);
            producer.send(new ProducerRecord<>(topics.models(), joined.key(), joined.value()));
        }

        try (ModelServer server = ModelServer.start(ServerOptions.of(broker.bootstrapServers())
                .withPrefix(topics.prefix())
                .withAddress("127.0.0.1", 0))) {
            String url = "http://127.0.0.1:" + server.port();
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> http.send(
                                            HttpRequest.newBuilder(URI.create(url + "/v2/health/ready"))
                                                    .build(),
                                            HttpResponse.BodyHandlers.ofString())
                                    .statusCode()
                            == 200);

            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create(url + "/v1/models/joined:predict"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString("{\"instances\": [1]}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }
}
