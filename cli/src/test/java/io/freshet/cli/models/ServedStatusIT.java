package io.freshet.cli.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.server.ModelServer;
import io.freshet.server.Published;
import io.freshet.server.ServerOptions;
import io.freshet.server.access.AccessToken;
import io.freshet.server.access.Role;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a status that shows the newest evaluation of a model as what its server answers with. */
@Timeout(120)
class ServedStatusIT {
    private static final String YAML =
            "{name: m, label: y, loss: mean-squared-error, features: {numeric: [a], standardize: false}}";

    @AutoClose
    private final EmbeddedKafka kafka = EmbeddedKafka.startTemporary();

    @AutoClose
    private ModelServer server;

    private Path token;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        run("topics", "create");
        run(
                "apply",
                "-f",
                Files.writeString(directory.resolve("model.yaml"), YAML).toString());
        token = Files.writeString(directory.resolve("token"), "secret");
        server = ModelServer.start(ServerOptions.of(kafka.bootstrapServers())
                .withAddress("127.0.0.1", 0)
                .withTokens(List.of(new AccessToken("operator", "secret", Set.of(Role.ADMIN)))));
    }

    @Test
    void status_shows_the_served_version_and_what_keeps_newer_ones_from_being_served() throws Exception {
        long now = System.currentTimeMillis();
        publish(600, 1, now - 1_200_000);
        publish(641, 1, now - 600_000);
        await().until(() -> status().contains("  641 ") && status().contains("server: ready"));
        assertThat(status().lines())
                .anySatisfy(line -> assertThat(line).startsWith("MODEL").endsWith("SERVED  SERVED AGE"))
                .anySatisfy(line -> assertThat(line).matches("m +trainer gone .* 641 +10 min \\d+ s"))
                .contains("server: ready");
        assertThat(run("status", "--server", url(), "--token-file", token.toString(), "--output", "json")
                        .out())
                .contains("\"served\":{\"version\":641,\"ageMillis\":60", "\"pinned\":null}");

        post("load", "{\"parameters\": {\"version\": \"600\"}}");
        assertThat(status())
                .containsPattern("m +trainer gone .* 600 pinned +20 min")
                .contains("model m: pinned to version 600, though newer ones are kept, up to 641");

        publish(700, Float.NaN, now - 1_000);
        await().until(() -> status().contains("model m: the server refuses version 700, the first one "));
        post("unload", "");
        assertThat(status())
                .contains("model m: unloaded: not served until it is loaded again")
                .containsPattern("m +trainer gone .* - +-");
    }

    @Test
    void a_server_that_does_not_tell_has_one_line_and_the_rest_of_the_status_stays() {
        // The server may still read its topics.
        await().untilAsserted(() -> assertThat(run("status", "--server", url()).outLines())
                .anySatisfy(line -> assertThat(line).startsWith("MODEL").endsWith("BEHIND"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("server: not ready: no model is served yet; served versions are not known: " + url()
                                + ": HTTP 401: ")
                        .endsWith(" (expected: --token-file)")));
        String gone = url();
        server.close();
        assertThat(run("status", "--server", gone).outLines())
                .anySatisfy(line -> assertThat(line).startsWith("m ").contains("trainer gone"))
                .anySatisfy(line -> assertThat(line).startsWith("server: no answer: "));
    }

    private String status() {
        return run("status", "--server", url(), "--token-file", token.toString())
                .out();
    }

    private Run run(String... arguments) {
        return Run.at(kafka.bootstrapServers(), "freshet", arguments).done();
    }

    private String url() {
        return "http://127.0.0.1:" + server.port();
    }

    private void post(String action, String body) throws Exception {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url() + "/v2/repository/models/m/" + action))
                                .header("Authorization", "Bearer secret")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private void publish(long version, float parameter, long publishedAt) {
        List<KeyedBytes> records = Published.records(ModelSpec.parse(YAML), "", version, parameter, publishedAt);
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            records.forEach(
                    record -> producer.send(new ProducerRecord<>("freshet.parameters", record.key(), record.value())));
        }
    }
}
