package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server whose broker stops while clients send rows to learn, 50 requests a second. Would catch requests that wait for
 * the broker in the places of predictions, or without a limit.
 */
@Timeout(180)
class LearnOutageIT {
    private static final ModelSpec SPEC =
            ModelSpec.parse("{name: m, label: y, features: {numeric: [x]}, loss: mean-squared-error}");
    /** More than all requests that may be in flight, in eight seconds; each waits for at least ten. */
    private static final int REQUESTS = 400;

    private static final int MILLIS_BETWEEN = 20;
    private static final String X = "{\"name\": \"x\", \"datatype\": \"FP64\", \"shape\": [1], \"data\": [1]}";
    private static final String Y = "{\"name\": \"y\", \"datatype\": \"FP64\", \"shape\": [1], \"data\": [2]}";
    private static final String IN_FLIGHT = "freshet_learn_requests_in_flight ";

    private final HttpClient http = HttpClient.newHttpClient();

    /** @param known whether the server has found the topic of samples before the broker stops */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void predictions_go_on_while_requests_to_learn_fail(boolean known) throws Exception {
        Topics topics = Topics.of("outage");
        try (TestBroker broker = TestBroker.start()) {
            publish(broker, topics);
            try (ModelServer server = server(broker, topics)) {
                if (known) {
                    assertThat(send(server, "learn", X, Y).get().statusCode()).isEqualTo(200);
                }
                broker.close();

                List<CompletableFuture<HttpResponse<String>>> learning = learn(server);
                CompletableFuture<Void> all = CompletableFuture.allOf(learning.toArray(CompletableFuture[]::new));
                long mostInFlight = 0;
                while (!all.isDone()) {
                    HttpResponse<String> prediction = send(server, "infer", X).get();
                    assertThat(prediction.statusCode()).as(prediction.body()).isEqualTo(200);
                    mostInFlight = Math.max(mostInFlight, inFlight(server));
                }

                assertThat(mostInFlight).isBetween(1L, 64L);
                assertThat(learning).allSatisfy(response -> {
                    assertThat(response.get().statusCode()).isEqualTo(503);
                    assertThat(response.get().headers().firstValue("Retry-After"))
                            .hasValue("1");
                    assertThat(response.get().body())
                            .containsAnyOf("(expected: up to 64; try again)", "topic outage.samples: not acknowledged");
                });
                await().atMost(Duration.ofSeconds(30)).until(() -> inFlight(server) == 0);
            }
        }
    }

    private List<CompletableFuture<HttpResponse<String>>> learn(ModelServer server) {
        List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        for (int i = 0; i < REQUESTS; i++) {
            CompletableFuture<HttpResponse<String>> response = new CompletableFuture<>();
            responses.add(response);
            clock.schedule(
                    () -> send(server, "learn", X, Y).whenComplete((received, failure) -> {
                        if (failure == null) {
                            response.complete(received);
                        } else {
                            response.completeExceptionally(failure);
                        }
                    }),
                    (long) i * MILLIS_BETWEEN,
                    TimeUnit.MILLISECONDS);
        }
        clock.shutdown();
        return responses;
    }

    private CompletableFuture<HttpResponse<String>> send(ModelServer server, String action, String... inputs) {
        return http.sendAsync(
                HttpRequest.newBuilder(uri(server, "/v2/models/m/" + action))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"inputs\": [" + String.join(", ", inputs) + "]}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private long inFlight(ModelServer server) throws Exception {
        return get(server, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(IN_FLIGHT))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(IN_FLIGHT.length())))
                .findFirst()
                .orElseThrow();
    }

    private HttpResponse<String> get(ModelServer server, String path) throws Exception {
        return http.send(HttpRequest.newBuilder(uri(server, path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(ModelServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }

    private ModelServer server(TestBroker broker, Topics topics) {
        ModelServer server = ModelServer.start(ServerOptions.of(broker.bootstrapServers())
                .withPrefix(topics.prefix())
                .withAddress("127.0.0.1", 0)
                .withWriting(
                        new ServerOptions.Writing(topics.samples(), new ServerOptions.Answers(topics.answers(), 1))));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get(server, "/v2/health/ready").statusCode() == 200);
        return server;
    }

    private static void publish(TestBroker broker, Topics topics) throws Exception {
        broker.create(topics, 1);
        Learner learner = new Learner(SPEC);
        try (KafkaProducer<byte[], byte[]> producer =
                KafkaOptions.of(broker.bootstrapServers()).producer(Map.of())) {
            for (KeyedBytes record :
                    new SnapshotCodec().write(learner.snapshot(learner.start(), ""), topics.samples(), 1_000, "test")) {
                producer.send(new ProducerRecord<>(topics.parameters(), record.key(), record.value()));
            }
        }
    }
}
