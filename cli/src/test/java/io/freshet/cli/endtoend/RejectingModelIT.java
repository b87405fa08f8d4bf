package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.SpecTopic;
import io.freshet.job.topology.KafkaTrainer;
import io.freshet.job.topology.TrainerEnvironment;
import io.freshet.job.topology.TrainerTopology;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.sample.SampleWriter;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a model that rejects every record and looks well, and one that looks bad since another one does. */
@Timeout(300)
class RejectingModelIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GOOD =
            "{name: good, label: y, loss: mean-squared-error, features: {numeric: [a]}, evaluation: {window: 10}}";
    private static final String HOTELS =
            "{name: hotels, label: y, loss: mean-squared-error, features: {numeric: [stars]},"
                    + " evaluation: {window: 10}}";
    private static final int FLOOD = 20_000;

    private final Topics topics = Topics.of("rejecting");
    private final SampleWriter writer = new SampleWriter();

    @TempDir
    private Path directory;

    @Test
    void a_model_that_rejects_everything_is_rejecting_on_the_page_and_in_status_and_the_other_one_is_well()
            throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
        try (Producer<byte[], byte[]> producer =
                KafkaOptions.of(kafka.bootstrapServers()).producer(Map.of())) {
            run(kafka, "topics", "create", "--partitions", "1");
            for (String yaml : List.of(GOOD, HOTELS)) {
                Path file = Files.writeString(directory.resolve("model.yaml"), yaml);
                run(kafka, "apply", "-f", file.toString());
            }
            JobClient job = submit(kafka.bootstrapServers());
            try (ModelServer server = ModelServer.start(ServerOptions.of(kafka.bootstrapServers())
                    .withPrefix(topics.prefix())
                    .withAddress("127.0.0.1", 0))) {
                await().atMost(Duration.ofMinutes(1)).until(() -> {
                    send(producer, 100);
                    return row(server, "hotels").path("state").asText().equals("rejecting")
                            && row(server, "good").path("state").asText().equals("learning");
                });

                JsonNode hotels = row(server, "hotels");
                assertThat(hotels.path("level").asText()).isEqualTo("bad");
                assertThat(hotels.path("rejectedRate").asDouble()).isPositive();
                assertThat(hotels.path("problems").path(0).path("level").asText())
                        .isEqualTo("bad");
                assertThat(hotels.path("problems").path(0).path("text").asText())
                        .startsWith("rejects ")
                        .contains("more than it learns; the newest: stars: ");
                assertThat(hotels.has("samples")).isFalse();
                assertUntouched(server);

                send(producer, FLOOD);
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> row(server, "hotels").path("rejectedRate").asDouble() > FLOOD / 20.0);
                assertUntouched(server);
                assertThat(get(server, "/metrics").lines())
                        .contains(
                                "freshet_model_state{model=\"hotels\",state=\"rejecting\"} 1.0",
                                "freshet_model_rejected_per_second{model=\"good\"} 0.0")
                        .noneMatch(line -> line.startsWith("freshet_broker_connected") && line.endsWith(" 0.0"));

                await().atMost(Duration.ofMinutes(1)).until(() -> {
                    send(producer, 100);
                    return status(kafka, "hotels").path("state").asText().equals("rejecting");
                });
                assertThat(status(kafka, "hotels")
                                .path("problems")
                                .path(0)
                                .path("text")
                                .asText())
                        .startsWith("rejects ")
                        .contains("more than it learns; the newest: stars: ");
                JsonNode good = status(kafka, "good");
                assertThat(good.path("level").asText()).isEqualTo("good");
                assertThat(good.path("problems")).isEmpty();
                await().atMost(Duration.ofMinutes(1))
                        .untilAsserted(() -> assertThat(
                                        row(server, "good").path("samples").asLong())
                                .isEqualTo(status(kafka, "good").path("samples").asLong()));
                assertThat(run(kafka, "status").lines())
                        .filteredOn(line -> line.startsWith("model "))
                        .singleElement()
                        .asString()
                        .startsWith("model hotels: rejects ");

                job.cancel().get();
            }
        } finally {
            kafka.close();
        }
    }

    private static void assertUntouched(ModelServer server) throws IOException {
        JsonNode good = row(server, "good");
        assertThat(good.path("level").asText()).as(good.toString()).isEqualTo("good");
        assertThat(good.path("problems")).isEmpty();
        assertThat(good.path("rejectedRate").asDouble()).isZero();
        assertThat(good.path("learnedKeys").asInt()).isEqualTo(1);
    }

    private void send(Producer<byte[], byte[]> producer, int samples) {
        for (int i = 0; i < samples; i++) {
            byte[] value = writer.write("", "", System.currentTimeMillis(), Map.of("a", 1.0, "y", 2.0), Map.of());
            producer.send(new ProducerRecord<>(topics.samples(), 0, null, value));
        }
        producer.flush();
    }

    /** Returns the row of a model in the next event of the page; missing without one. */
    private static JsonNode row(ModelServer server, String model) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                URI.create("http://127.0.0.1:" + server.port() + "/ui/stream")
                        .toURL()
                        .openStream(),
                UTF_8))) {
            String line = reader.readLine();
            while (!line.startsWith("data: ")) {
                line = reader.readLine();
            }
            return named(JSON.readTree(line.substring("data: ".length())).path("models"), "name", model);
        }
    }

    private JsonNode status(EmbeddedKafka kafka, String model) throws IOException {
        return named(JSON.readTree(run(kafka, "status", "--output", "json")).path("models"), "model", model);
    }

    private static JsonNode named(JsonNode models, String field, String name) {
        return StreamSupport.stream(models.spliterator(), false)
                .filter(each -> each.path(field).asText().equals(name))
                .findFirst()
                .orElseGet(JSON::missingNode);
    }

    private String run(EmbeddedKafka kafka, String... arguments) {
        return Run.at(kafka.bootstrapServers(), topics.prefix(), arguments)
                .done()
                .out();
    }

    private static String get(ModelServer server, String path) throws IOException {
        try (var body =
                URI.create("http://127.0.0.1:" + server.port() + path).toURL().openStream()) {
            return new String(body.readAllBytes(), UTF_8);
        }
    }

    private JobClient submit(String bootstrapServers) throws Exception {
        KafkaTrainer trainer = new KafkaTrainer(
                KafkaCluster.at(bootstrapServers),
                topics,
                OffsetsInitializer.earliest(),
                false,
                new SpecTopic(List.of(ModelSpec.parse(GOOD), ModelSpec.parse(HOTELS)), 0),
                RecordFormat.avro());
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, new Configuration());
        TrainerEnvironment.configure(env, Duration.ofMillis(500));
        TrainerTopology.build(env, trainer.sources(), trainer.sinks());
        return env.executeAsync();
    }
}
