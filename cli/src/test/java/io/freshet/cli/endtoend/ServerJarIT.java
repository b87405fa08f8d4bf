package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a class or native library that is missing from the server's own jar. */
@Timeout(120)
class ServerJarIT {
    private static final long LARGEST = 60 << 20;
    private static final Pattern LISTENING = Pattern.compile("on (http://127\\.0\\.0\\.1:\\d+)");
    private static final List<ModelSpec> SPECS = List.of(
            ModelSpec.parse("{name: linear, label: y, loss: mean-squared-error, features: {numeric: [a]}}"),
            ModelSpec.parse("{name: net, label: y, loss: mean-squared-error, model: {type: mlp, hidden: [8]},"
                    + " features: {numeric: [a]}}"));

    @Test
    void the_jar_names_the_licenses_of_its_libraries() throws Exception {
        try (JarFile jar = new JarFile(jar().toFile())) {
            assertThat(jar.getEntry("META-INF/LICENSE")).isNotNull();
            assertThat(jar.getEntry("META-INF/NOTICE")).isNotNull();
            String licenses = new String(
                    jar.getInputStream(jar.getEntry("META-INF/THIRD-PARTY.txt")).readAllBytes(), UTF_8);
            assertThat(jar.stream().map(JarEntry::getName).filter(name -> name.matches("META-INF/maven/.+/pom.xml")))
                    .map(name -> name.split("/")[2])
                    .filteredOn(group -> !group.equals("io.freshet"))
                    .isNotEmpty()
                    .allSatisfy(group -> assertThat(licenses).contains(group));
        }
    }

    @Test
    void the_jar_serves_a_linear_model_and_a_net_without_flink_and_logs_json(@TempDir Path directory) throws Exception {
        Path jar = jar();
        assertThat(Files.size(jar)).isLessThan(LARGEST);
        try (JarFile entries = new JarFile(jar.toFile())) {
            assertThat(entries.stream()).noneMatch(entry -> entry.getName().startsWith("org/apache/flink/"));
        }
        Topics topics = Topics.of("jar");
        try (TestBroker broker = TestBroker.start()) {
            broker.create(topics, 1);
            publish(broker, topics);
            File log = directory.resolve("log").toFile();
            Process server = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-jar",
                            jar.toString(),
                            "--bootstrap-servers=" + broker.bootstrapServers(),
                            "--prefix=jar",
                            "--port=0",
                            "--log-format=json")
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log)
                    .start();
            try {
                String url = await().atMost(Duration.ofSeconds(60))
                        .until(() -> url(log), Optional::isPresent)
                        .orElseThrow();
                for (ModelSpec spec : SPECS) {
                    await().atMost(Duration.ofSeconds(60))
                            .untilAsserted(
                                    () -> assertThat(predict(url, spec.name())).contains("\"prediction\""));
                }
            } finally {
                server.destroy();
                server.waitFor();
            }
            List<String> lines = Files.readAllLines(log.toPath());
            assertThat(lines)
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(new JsonObject(line).fieldNames())
                            .contains("timestamp", "level", "logger", "message"));
        }
    }

    private static void publish(TestBroker broker, Topics topics) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer =
                KafkaOptions.of(broker.bootstrapServers()).producer(Map.of())) {
            for (ModelSpec spec : SPECS) {
                Learner learner = new Learner(spec);
                Snapshot snapshot = learner.snapshot(learner.start(), "");
                for (KeyedBytes record : new SnapshotCodec().write(snapshot, topics.samples(), 1, "0.1.0")) {
                    producer.send(new ProducerRecord<>(topics.parameters(), record.key(), record.value()));
                }
            }
        }
    }

    /** The build makes the jar before this module's tests; a run of these tests alone may lack it. */
    private static Path jar() throws IOException {
        Path target = Path.of("..", "model-server", "target");
        try (Stream<Path> files = Files.isDirectory(target) ? Files.list(target) : Stream.empty()) {
            Optional<Path> jar = files.filter(
                            file -> file.getFileName().toString().matches("freshet-server-.*\\.jar"))
                    .findFirst();
            Assumptions.assumeTrue(jar.isPresent(), "model-server/target has no freshet-server jar: run mvn package");
            return jar.orElseThrow().toAbsolutePath().normalize();
        }
    }

    private static Optional<String> url(File log) throws IOException {
        Matcher listening = LISTENING.matcher(Files.readString(log.toPath(), UTF_8));
        return listening.find() ? Optional.of(listening.group(1)) : Optional.empty();
    }

    private static String predict(String url, String model) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/v2/models/" + model + "/infer"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"inputs\": [{\"name\": \"a\", \"datatype\": \"FP64\", \"shape\": [1], \"data\": [1.5]}]}"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
