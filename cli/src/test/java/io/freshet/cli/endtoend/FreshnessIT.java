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
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a canceled job or a stopped broker that looks like a topic without new samples, or the other way around. */
@Timeout(300)
class FreshnessIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PARTITIONS = 2;
    private static final String YAML = "{name: m, label: y, key: k, loss: mean-squared-error, features: {numeric: [a]},"
            + " evaluation: {window: 10}}";

    private final Topics topics = Topics.of("fresh");
    private final SampleWriter writer = new SampleWriter();

    @TempDir
    private Path directory;

    @Test
    void server_and_tools_agree_on_learning_idle_trainer_gone_and_broker_gone() throws Exception {
        EmbeddedKafka kafka = EmbeddedKafka.startTemporary();
        try (Producer<byte[], byte[]> producer =
                KafkaOptions.of(kafka.bootstrapServers()).producer(Map.of())) {
            Path file = directory.resolve("m.yaml");
            Files.writeString(file, YAML);
            run(kafka, "topics", "create", "--partitions", Integer.toString(PARTITIONS));
            run(kafka, "apply", "-f", file.toString());
            assertThat(run(kafka, "status")).contains("model m: trainer gone: never seen");

            JobClient job = submit(kafka.bootstrapServers());
            try (ModelServer server = ModelServer.start(ServerOptions.of(kafka.bootstrapServers())
                    .withPrefix(topics.prefix())
                    .withAddress("127.0.0.1", 0))) {
                feedUntil(server, producer, "learning");
                assertThat(status(kafka).path("state").asText()).isEqualTo("learning");

                awaitState(server, "idle");
                assertThat(properties(server).path("age_seconds").asText()).isEqualTo("0.0");
                assertThat(properties(server).path("records_behind").asText()).isEqualTo("0");
                assertThat(status(kafka).path("state").asText()).isEqualTo("idle");

                job.cancel().get();
                awaitState(server, "trainer gone");
                String since = properties(server).path("state_since").asText();
                assertThat(properties(server).path("age_seconds").asDouble()).isGreaterThan(10);
                assertThat(status(kafka).path("state").asText()).isEqualTo("trainer gone");
                assertThat(status(kafka).path("since").asText()).isEqualTo(since);
                assertThat(run(kafka, "status")).contains("model m: trainer gone: last seen ");
                assertThat(run(kafka, "get")).contains("model m: trainer gone: last seen ");
                assertThat(run(kafka, "describe", "m")).contains("# state:      trainer gone since " + since);

                kafka.close();
                awaitState(server, "broker gone");
            }
        } finally {
            kafka.close();
        }
    }

    /** Sends samples to both partitions until the server sees a state. */
    private void feedUntil(ModelServer server, Producer<byte[], byte[]> producer, String state) {
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            for (int i = 0; i < 20; i++) {
                byte[] value = writer.write(
                        "",
                        "",
                        System.currentTimeMillis(),
                        Map.of("a", 1.0, "y", 2.0),
                        Map.of("k", "k" + i % PARTITIONS));
                producer.send(new ProducerRecord<>(topics.samples(), i % PARTITIONS, null, value))
                        .get();
            }
            return get(server, "/v2/models").contains("\"m\"")
                    && properties(server).path("state").asText().equals(state);
        });
    }

    private static void awaitState(ModelServer server, String state) {
        String line = "freshet_model_state{model=\"m\",state=\"" + state.replace(' ', '_') + "\"} 1.0";
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            assertThat(properties(server).path("state").asText()).isEqualTo(state);
            assertThat(get(server, "/metrics").lines()).contains(line);
        });
    }

    private static JsonNode properties(ModelServer server) throws IOException {
        return JSON.readTree(get(server, "/v2/models/m")).path("properties");
    }

    private JsonNode status(EmbeddedKafka kafka) throws IOException {
        return JSON.readTree(run(kafka, "status", "--output", "json"))
                .path("models")
                .path(0);
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
                new SpecTopic(List.of(ModelSpec.parse(YAML)), 0),
                RecordFormat.avro());
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(PARTITIONS, new Configuration());
        TrainerEnvironment.configure(env, Duration.ofMillis(500));
        TrainerTopology.build(env, trainer.sources(), trainer.sinks());
        return env.executeAsync();
    }
}
