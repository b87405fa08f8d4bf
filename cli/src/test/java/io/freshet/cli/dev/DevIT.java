package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Would catch a stack that loses samples, learns them twice, or forgets its topics when it is killed or stopped, and one that
 * does not learn a user's own models in a user's own format.
 */
@Timeout(300)
class DevIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SPEC =
            "{name: m, label: y, features: {numeric: [x], categorical: [c], hashBits: 8}, loss: mean-squared-error,"
                    + " publish: {everySamples: 50}, evaluation: {window: 100}}";
    private static final String LABELED_ROW =
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP64\",\"data\":[2]},"
                    + "{\"name\":\"c\",\"shape\":[1],\"datatype\":\"BYTES\",\"data\":[\"a\"]},"
                    + "{\"name\":\"y\",\"shape\":[1],\"datatype\":\"FP64\",\"data\":[3]}]}";
    private static final Pattern SENT = Pattern.compile("events: 301 rows sent, .*0 bad");
    private static final Pattern CURL =
            Pattern.compile("\\R  curl -s (\\S+) -H 'content-type: application/json' -d '(.*)'\\R");
    private static final Pattern TOTAL = Pattern.compile("freshet.samples: ([0-9,]+) rows sent, ");

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    private Path spec;

    @BeforeEach
    void writeSpec() throws IOException {
        spec = Files.writeString(directory.resolve("m.yaml"), SPEC);
    }

    @Test
    void a_killed_stack_goes_on_from_its_topics_and_learns_every_sample_once() throws Exception {
        Path rows = rows(100_000);
        String data = directory.resolve("data").toString();
        String bootstrapServers;
        long all;
        try (DevProcess first =
                start("--spec", spec.toString(), "--data", data, "--input", rows.toString(), "--rate", "400")) {
            bootstrapServers = first.bootstrapServers();
            awaitCheckpoint(data);
            long learned = version(bootstrapServers);
            await().atMost(Duration.ofSeconds(60)).until(() -> version(bootstrapServers) > learned);

            Run second = Run.of("dev", "--data", data);
            assertThat(second.code()).isEqualTo(2);
            assertThat(second.err())
                    .startsWith("freshet: --data: " + data + ": used by process "
                            + first.process().pid() + " (expected: ");
            first.kill();
        }
        Path changed = Files.writeString(spec, SPEC.replace("window: 100", "window: 60"));
        Path refused = Files.writeString(directory.resolve("n.yaml"), SPEC.replace("name: m", "name: n"));

        try (DevProcess again = start("--spec", changed.toString(), "--spec", refused.toString(), "--data", data)) {
            assertThat(again.bootstrapServers()).isEqualTo(bootstrapServers);
            long sent = samples(bootstrapServers);
            assertThat(sent).isPositive().isLessThan(100_000);
            awaitVersion(bootstrapServers, sent);
            assertThat(again.text()).contains("model m: changed", "model n: created");
            assertReplaysIdentically(bootstrapServers);

            feed(bootstrapServers, rows(149));
            assertThat(post(again.server() + "/v2/models/m/learn", LABELED_ROW).statusCode())
                    .isBetween(200, 299);
            all = sent + 150;
            awaitVersion(bootstrapServers, all);
            again.terminate();
        }
        Files.writeString(refused, SPEC.replace("name: m", "name: n").replace("hashBits: 8", "hashBits: 9"));

        try (DevProcess third = start("--spec", refused.toString(), "--data", data, "--input", rows(70).toString())) {
            assertThat(third.bootstrapServers()).isEqualTo(bootstrapServers);
            awaitVersion(bootstrapServers, all + 70);
            assertReplaysIdentically(bootstrapServers);
            assertThat(third.text())
                    .contains(
                            "freshet: not applied: model n: ",
                            String.format(Locale.ROOT, "freshet.samples: has %,d samples of earlier runs", all));
        }
    }

    @Test
    void learns_json_from_a_topic_of_its_own_and_predicts_by_the_request_that_it_prints() throws Exception {
        Path rows = Files.write(
                directory.resolve("rows.jsonl"),
                Stream.concat(
                                IntStream.range(0, 300)
                                        .mapToObj(i -> "{\"x\": " + i % 10 + ", \"c\": \"k\", \"y\": " + i % 10 + "}"),
                                Stream.of("{\"x\": \"broken\"}"))
                        .toList());
        String kept = directory.resolve("data").toString();
        try (DevProcess dev = start(
                "--spec", spec.toString(), "--format", "json", "--samples", "events", "--input", rows.toString())) {
            String bootstrapServers = dev.bootstrapServers();
            awaitVersion(bootstrapServers, 300);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> SENT.matcher(dev.text()).find());

            Matcher curl = CURL.matcher(dev.text());
            assertThat(curl.find()).as(dev.text()).isTrue();
            HttpResponse<String> response = post(curl.group(1), curl.group(2));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(JSON.readTree(response.body()).get("model_version").asText())
                    .isEqualTo("300");

            List<Path> temporary = stackDirectories();
            assertThat(temporary).hasSize(1);
            dev.kill();
            assertThat(temporary.get(0)).exists();
        }
        try (DevProcess next = start("--data", kept)) {
            next.bootstrapServers();
            assertThat(stackDirectories()).as("left by a killed run").isEmpty();
        }
    }

    @Test
    void a_stack_that_stops_while_rows_are_fed_delivers_those_sent_and_prints_how_many() throws Exception {
        String rows = rows(1_000_000).toString();
        String data = directory.resolve("data").toString();
        long sent;
        try (DevProcess first = start("--spec", spec.toString(), "--data", data, "--input", rows)) {
            String bootstrapServers = first.bootstrapServers();
            await().atMost(Duration.ofSeconds(60)).until(() -> samples(bootstrapServers) > 0);
            first.terminate();
            sent = rowsSent(first.text());
            assertThat(sent).isPositive().isLessThan(1_000_000);
        }
        assertThat(Path.of(data, "freshet.properties"))
                .content()
                .contains("format=avro\n", "samples=freshet.samples\n");
        Run other = Run.of("dev", "--data", data, "--format", "json");
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err())
                .startsWith("freshet: --format: json (expected: avro, with which " + data + " was created)");

        try (DevProcess second = start("--data", data, "--input", rows, "--rate", "200", "--duration", "45s")) {
            second.bootstrapServers();
            assertThat(second.process().waitFor(90, TimeUnit.SECONDS)).isTrue();
            assertThat(second.text())
                    .contains(String.format(Locale.ROOT, "has %,d samples of earlier runs", sent))
                    .doesNotContain("sending stopped");
            assertThat(rowsSent(second.text())).isPositive();
        }
    }

    /** Returns the total that {@code feed} prints. */
    private static long rowsSent(String output) {
        Matcher total = TOTAL.matcher(output);
        assertThat(total.find()).as(output).isTrue();
        long rows = Long.parseLong(total.group(1).replace(",", ""));
        assertThat(total.find()).as("one total: " + output).isFalse();
        return rows;
    }

    @Test
    void refuses_what_it_cannot_run_before_anything_starts() throws IOException {
        Run invalid =
                Run.of("dev", "--spec", Files.writeString(spec, "{name: m}").toString());
        assertThat(invalid.code()).isEqualTo(2);
        assertThat(invalid.err()).startsWith("freshet: " + spec + ": label: missing (expected: ");

        Run reserved = Run.of("dev", "--samples", "freshet.models");
        assertThat(reserved.code()).isEqualTo(2);
        assertThat(reserved.err()).startsWith("freshet: --samples: freshet.models (expected: ");

        for (String name : List.of(".", "..", "__consumer_offsets", "a".repeat(246), "a/b")) {
            Run unusable = Run.of("dev", "--samples", name);
            assertThat(unusable.code()).isEqualTo(2);
            assertThat(unusable.err()).startsWith("freshet: --samples: " + name + " (expected: up to 245 letters");
        }

        Run comma = Run.of("dev", "--data", directory.resolve("a,b").toString());
        assertThat(comma.code()).isEqualTo(2);
        assertThat(comma.err()).startsWith("freshet: --data: " + directory.resolve("a,b") + ": contains a comma");
        assertThat(directory.resolve("a,b")).doesNotExist();

        Run foreign = Run.of("dev", "--data", directory.toString());
        assertThat(foreign.code()).isEqualTo(2);
        assertThat(foreign.err()).startsWith("freshet: --data: " + directory + ": contains other files");
        assertThat(spec).exists();

        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            Run inUse = Run.of("dev", "--port", "0", "--kafka-port", port);
            assertThat(inUse.code()).isEqualTo(2);
            assertThat(inUse.err())
                    .startsWith("freshet: --kafka-port: " + port + " (expected: a free port; this one is in use; 0"
                            + " selects a free one)");
        }

        Run format = Run.of("dev", "--format", "xml");
        assertThat(format.code()).isEqualTo(2);
        assertThat(format.err()).startsWith("freshet: --format: xml (expected: ");
    }

    private DevProcess start(String... arguments) throws IOException {
        boolean again = Files.exists(directory.resolve("data"));
        String[] ports = again ? new String[0] : new String[] {"--port", "0", "--kafka-port", "0"};
        return DevProcess.start(
                directory,
                Stream.concat(Arrays.stream(arguments), Arrays.stream(ports)).toArray(String[]::new));
    }

    private Path rows(int count) throws IOException {
        return Files.write(
                directory.resolve("rows" + count + ".csv"),
                Stream.concat(
                                Stream.of("x,c,y"),
                                IntStream.range(0, count)
                                        .mapToObj(i -> i % 13 + "," + "abc".charAt(i % 3) + "," + i % 7))
                        .toList());
    }

    private static void feed(String bootstrapServers, Path rows) {
        Run.of("feed", "--input", rows.toString(), "--bootstrap-servers", bootstrapServers)
                .done();
    }

    private static void awaitCheckpoint(String data) {
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            try (Stream<Path> files = Files.walk(Path.of(data, "checkpoints"))) {
                return files.anyMatch(file -> file.endsWith("_metadata"));
            } catch (IOException e) {
                return false; // Flink creates and deletes folders meanwhile.
            }
        });
    }

    private static long samples(String bootstrapServers) throws Exception {
        TopicPartition partition = new TopicPartition("freshet.samples", 0);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        }
    }

    private static void awaitVersion(String bootstrapServers, long version) {
        await().atMost(Duration.ofSeconds(90))
                .untilAsserted(() -> assertThat(version(bootstrapServers)).isEqualTo(version));
    }

    /** Returns the newest version of the model, which is the number of samples that it has learned; 0 for none. */
    private static long version(String bootstrapServers) throws IOException {
        Run history = Run.of("history", "m", "--output", "json", "--bootstrap-servers", bootstrapServers);
        if (history.code() != 0) {
            return 0;
        }
        JsonNode entries = JSON.readTree(history.out());
        return entries.isEmpty()
                ? 0
                : entries.get(entries.size() - 1).get("version").asLong();
    }

    /** Learns the newest version again in a plain loop over the topic, and compares the parameters bit by bit. */
    private static void assertReplaysIdentically(String bootstrapServers) {
        Run replay =
                Run.of("replay", "m", "--bootstrap-servers", bootstrapServers).done();
        assertThat(replay.out()).contains("\nidentical: ");
    }

    private List<Path> stackDirectories() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isDirectory)
                    .filter(file -> Objects.toString(file.getFileName()).startsWith("freshet-"))
                    .toList();
        }
    }

    private HttpResponse<String> post(String address, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
