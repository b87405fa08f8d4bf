package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.DemoTranscript;
import io.freshet.cli.Run;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the demo as a user does. */
class DemoIT {
    private static final Pattern KAFKA = Pattern.compile("\\RKafka +(\\S+)\\R");

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    @Test
    void predicts_while_it_learns_and_deletes_its_files() throws Exception {
        String port = Integer.toString(freePort());
        StringWriter out = new StringWriter();
        CompletableFuture<Run> demo = CompletableFuture.supplyAsync(
                () -> Run.to(out, "demo", "--duration", "45s", "--no-browser", "--port", port));
        String server = "http://127.0.0.1:" + port;
        await().atMost(Duration.ofSeconds(60)).until(() -> status(server + "/v2/health/ready") == 200);

        Run predicted = Run.of(
                "predict",
                "--server",
                server,
                "delays",
                "minute_of_day=480",
                "day_of_week=1",
                "distance_miles=733",
                "origin=ORD",
                "destination=LGA");
        assertThat(predicted.code()).as(predicted.err()).isZero();
        Run rejected = Run.of("predict", "--server", server, "delays", "minute_of_day=480");
        assertThat(rejected.code()).as(rejected.out()).isNotZero();
        assertThat(status(server + "/")).isEqualTo(200);
        assertThat(status(server + "/metrics")).isEqualTo(200);

        String bootstrapServers = bootstrapServers(out);
        assertRowsOfAnotherFormatAreRefused(bootstrapServers);
        assertVersionsReplayIdentically(bootstrapServers);
        assertSamplesAreBounded(bootstrapServers);
        Path files = directory(bootstrapServers);

        Run ran = demo.get(120, TimeUnit.SECONDS);
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("curl -s " + server, "stopped");
        assertThat(DemoTranscript.matches(ran.out())).as(ran.out()).isTrue();
        assertThat(files).doesNotExist();
    }

    private static String bootstrapServers(StringWriter out) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> KAFKA.matcher(out.toString()).find());
        Matcher kafka = KAFKA.matcher(out.toString());
        assertThat(kafka.find()).isTrue();
        return kafka.group(1);
    }

    /** Catches a demo that does not record the format of its samples topic. */
    private void assertRowsOfAnotherFormatAreRefused(String bootstrapServers) throws IOException {
        Path rows = Files.writeString(directory.resolve("rows.jsonl"), "{\"minute_of_day\": 480}\n");
        Run fed = Run.of("feed", "--input", rows.toString(), "--as", "json", "--bootstrap-servers", bootstrapServers);
        assertThat(fed.code()).as(fed.out() + fed.err()).isEqualTo(2);
        assertThat(fed.err()).contains("--as: json (expected: avro, in which the job reads freshet.samples)");
    }

    /** Runs the commands that the demo prints for another terminal. */
    private static void assertVersionsReplayIdentically(String bootstrapServers) throws IOException {
        for (String key : List.of("", "ORD")) {
            String model = key.isEmpty() ? "delays" : "delays-by-origin";
            List<String> where = new ArrayList<>(List.of(model, "--bootstrap-servers", bootstrapServers));
            if (!key.isEmpty()) {
                where.addAll(List.of("--key", key));
            }
            JsonNode entries = new ObjectMapper()
                    .readTree(run("history", where, "--output", "json").out());
            assertThat(entries).isNotEmpty();
            for (JsonNode entry : List.of(entries.get(entries.size() / 2), entries.get(entries.size() - 1))) {
                Run replay =
                        run("replay", where, "--version", entry.get("version").asText());
                assertThat(replay.out()).contains("\nidentical: ");
            }
        }
    }

    private static Run run(String command, List<String> where, String... more) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(where);
        all.addAll(List.of(more));
        Run run = Run.of(all.toArray(String[]::new));
        assertThat(run.code()).as(run.out() + run.err()).isZero();
        return run;
    }

    @Test
    void names_the_option_when_the_port_is_in_use() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Run run = Run.of("demo", "--no-browser", "--port", Integer.toString(taken.getLocalPort()));
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains("--port: " + taken.getLocalPort() + " (expected: a free port");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "65", "-1"})
    void refuses_a_number_of_replicas_out_of_range(String replicas) {
        Run run = Run.of("demo", "--no-browser", "--replicas", replicas);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("freshet: --replicas: " + replicas + " (expected: from 1 to 64)");
    }

    private int status(String address) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Would catch a demo that fills the disk while nobody looks. */
    private static void assertSamplesAreBounded(String bootstrapServers) throws Exception {
        ConfigResource samples = new ConfigResource(ConfigResource.Type.TOPIC, "freshet.samples");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            Config config = admin.describeConfigs(List.of(samples)).all().get().get(samples);
            assertThat(config.get("retention.bytes").value()).isEqualTo("268435456");
            assertThat(config.get("compression.type").value()).isEqualTo("zstd");
        }
    }

    /** Returns the demo's temporary directory, found by its cluster id: another broker may run at the same time. */
    private static Path directory(String bootstrapServers) throws Exception {
        String cluster;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            cluster = admin.describeCluster().clusterId().get();
        }
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> hasLine(file.resolve("kafka/meta.properties"), "cluster.id=" + cluster))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static boolean hasLine(Path file, String line) {
        try {
            return Files.readAllLines(file).contains(line);
        } catch (IOException e) {
            return false; // No such file.
        }
    }
}
