package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import io.freshet.server.answers.AnswerPolicy;
import io.freshet.server.answers.LoggedFields;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that stops and starts again while clients ask for predictions that have to be logged. Would catch a prediction that was
 * returned and that no topic has, requests that wait without a limit, and a server that does not recover.
 */
@Timeout(180)
class RequiredAnswersIT {
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error}");
    private static final String ROW =
            "{\"id\": \"%s\", \"inputs\": [{\"name\": \"x\", \"datatype\": \"FP64\", \"shape\": [1], \"data\": [1]}]}";
    private static final Topics TOPICS = Topics.of("required");
    private static final Duration DEADLINE = Duration.ofMillis(500);

    @TempDir
    private Path directory;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void every_prediction_that_was_returned_is_logged_though_the_broker_was_gone() throws Exception {
        Set<String> returned = new HashSet<>();
        EmbeddedKafka kafka = EmbeddedKafka.start(directory);
        String address = kafka.bootstrapServers();
        try {
            publish(address);
            try (ModelServer server = server(address)) {
                for (int i = 0; i < 20; i++) {
                    assertThat(infer(server, "before" + i).get().statusCode()).isEqualTo(200);
                    returned.add("before" + i);
                }
                kafka.close();

                List<CompletableFuture<HttpResponse<String>>> failing = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    failing.add(infer(server, "during" + i));
                }
                for (CompletableFuture<HttpResponse<String>> each : failing) {
                    assertThat(each.get().statusCode()).isEqualTo(503);
                    assertThat(each.get().body())
                            .contains("topic required.answers: ")
                            .doesNotContain("outputs");
                }
                assertThat(scrape(server)).contains("freshet_requests_in_flight 0.0");

                kafka = EmbeddedKafka.start(
                        directory, Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
                int[] next = {0};
                await().atMost(Duration.ofSeconds(60)).until(() -> {
                    String id = "after" + next[0]++;
                    boolean served = infer(server, id).get().statusCode() == 200;
                    if (served) {
                        returned.add(id);
                    }
                    return served;
                });
            }
            assertThat(logged(address)).containsAll(returned);
        } finally {
            kafka.close();
        }
    }

    private CompletableFuture<HttpResponse<String>> infer(ModelServer server, String id) {
        return http.sendAsync(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v2/models/m/infer"))
                        .POST(HttpRequest.BodyPublishers.ofString(ROW.formatted(id)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private String scrape(ModelServer server) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/metrics");
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static Set<String> logged(String address) throws Exception {
        Set<String> ids = new HashSet<>();
        try (TopicReader reader = TopicReader.open(KafkaOptions.of(address), TOPICS.answers())) {
            reader.readToEnd(record -> ids.add(new String(record.key(), StandardCharsets.UTF_8)));
        }
        return ids;
    }

    private static void publish(String address) throws Exception {
        try (TopicAdmin admin = new TopicAdmin(KafkaOptions.of(address))) {
            for (TopicPlan plan : TopicPlan.of(TOPICS, 1)) {
                admin.create(plan, 1);
            }
            admin.create(TopicPlan.answers(TOPICS, 1), 1);
        }
        Learner learner = new Learner(SPEC);
        try (KafkaProducer<byte[], byte[]> producer = KafkaOptions.of(address).producer(Map.of())) {
            for (KeyedBytes record :
                    new SnapshotCodec().write(learner.snapshot(learner.start(), ""), TOPICS.samples(), 1_000, "test")) {
                producer.send(new ProducerRecord<>(TOPICS.parameters(), record.key(), record.value()));
            }
        }
    }

    private ModelServer server(String address) throws Exception {
        ServerOptions.Answers answers =
                new ServerOptions.Answers(TOPICS.answers(), new AnswerPolicy(1, LoggedFields.ALL, DEADLINE));
        ModelServer server = ModelServer.start(ServerOptions.of(address)
                .withPrefix(TOPICS.prefix())
                .withAddress("127.0.0.1", 0)
                .withWriting(new ServerOptions.Writing(null, answers)));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> infer(server, "ready").get().statusCode() == 200);
        return server;
    }
}
