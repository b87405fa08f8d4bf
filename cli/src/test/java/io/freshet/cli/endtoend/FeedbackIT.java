package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.loop.OutcomeJson;
import io.freshet.schemas.loop.OutcomeRecord;
import io.freshet.schemas.loop.OutcomeValue;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Catches an outcome that is acknowledged and not in the topic, or not in the partition and under the id of its answer. */
@Timeout(120)
class FeedbackIT {
    private static final ModelSpec MAILS = ModelSpec.parse("{name: mails, label: kind, labels: [ham, spam],"
            + " features: {numeric: [x]}, loss: binary-cross-entropy, join: {within: 1h, after: 0, exposure: shown}}");
    private static final String ROW =
            "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP64\", \"shape\": [1], \"data\": [1]}]}";
    private static final int PARTITIONS = 3;

    @AutoClose
    private static TestBroker broker;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @Test
    void valid_outcomes_are_in_the_topic_and_invalid_ones_are_rejected_with_the_reason() throws Exception {
        Topics topics = topics("outcomes");
        try (ModelServer server = server(topics)) {
            JsonObject response = post(server, "feedback", 200, """
                    {"outcomes": [
                     {"id": "r1/0", "value": "spam", "time": "2026-03-02T05:00:00Z", "outcome_id": "o1"},
                     {"id": "r1/1", "value": "eggs"},
                     {"id": "r1/2", "shown": true, "time": 1700000000000}]}""");

            assertThat(response.getString("model_name")).isEqualTo("mails");
            assertThat(response.getJsonObject("parameters").getString("topic")).isEqualTo("outcomes.outcomes");
            assertThat(response.getJsonArray("outputs")
                            .getJsonObject(1)
                            .getJsonArray("data")
                            .getValue(1))
                    .isNull();
            assertThat(response.getJsonArray("outputs").getJsonObject(2).getJsonArray("data"))
                    .containsExactly("", "value: eggs (expected: one of ham, spam)", "");
        }

        List<ConsumerRecord<byte[], byte[]>> records = broker.readAll(topics.outcomes());

        assertThat(records).hasSize(2);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            OutcomeRecord outcome = OutcomeJson.read(record.value());
            assertThat(record.key()).isEqualTo(outcome.key());
            assertThat(outcome)
                    .isEqualTo(
                            outcome.id().equals("r1/0")
                                    ? new OutcomeRecord(
                                            "mails",
                                            "r1/0",
                                            "o1",
                                            new OutcomeValue.Name("spam"),
                                            1_772_427_600_000L,
                                            Set.of())
                                    : new OutcomeRecord(
                                            "mails", "r1/2", null, null, 1_700_000_000_000L, Set.of("shown")));
        }
    }

    @Test
    void the_id_that_a_prediction_returns_finds_its_answer() throws Exception {
        Topics topics = topics("ids");
        try (ModelServer server = server(topics)) {
            for (int i = 0; i < 20; i++) {
                String id = post(server, "infer", 200, ROW).getString("id");
                post(
                        server,
                        "feedback",
                        200,
                        new JsonObject().put("id", id).put("value", "ham").encode());
            }
        }

        List<ConsumerRecord<byte[], byte[]>> answers = broker.readAll(topics.answers());
        List<ConsumerRecord<byte[], byte[]>> outcomes = broker.readAll(topics.outcomes());

        assertThat(answers).hasSize(20);
        assertThat(outcomes)
                .extracting(record -> text(record.key()) + " in " + record.partition())
                .containsExactlyInAnyOrderElementsOf(answers.stream()
                        .map(record -> text(record.key()) + " in " + record.partition())
                        .toList());
        assertThat(answers)
                .allSatisfy(answer -> assertThat(new JsonObject(text(answer.value())).getString("id"))
                        .isEqualTo(text(answer.key())));
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static Topics topics(String prefix) throws Exception {
        Topics topics = Topics.of(prefix);
        broker.create(topics, PARTITIONS);
        try (TopicAdmin admin = new TopicAdmin(KafkaOptions.of(broker.bootstrapServers()))) {
            for (TopicPlan plan : TopicPlan.loop(topics, PARTITIONS)) {
                admin.create(plan, 1);
            }
        }
        Learner learner = new Learner(MAILS);
        try (KafkaProducer<byte[], byte[]> producer =
                KafkaOptions.of(broker.bootstrapServers()).producer(Map.of())) {
            for (KeyedBytes record :
                    new SnapshotCodec().write(learner.snapshot(learner.start(), ""), topics.samples(), 1_000, "test")) {
                producer.send(new ProducerRecord<>(topics.parameters(), record.key(), record.value()));
            }
        }
        return topics;
    }

    private ModelServer server(Topics topics) throws Exception {
        ModelServer server = ModelServer.start(ServerOptions.of(broker.bootstrapServers())
                .withPrefix(topics.prefix())
                .withAddress("127.0.0.1", 0)
                .withWriting(new ServerOptions.Writing(
                        null, topics.outcomes(), new ServerOptions.Answers(topics.answers(), 1))));
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            URI uri = URI.create("http://127.0.0.1:" + server.port() + "/v2/health/ready");
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        });
        return server;
    }

    private JsonObject post(ModelServer server, String route, int status, String body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/v2/models/mails/" + route);
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return new JsonObject(response.body());
    }
}
