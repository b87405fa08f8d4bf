package io.freshet.cli.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.Run;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.learning.features.Stage;
import io.freshet.schemas.sample.SampleReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Would catch a join that forgets open requests, or emits samples twice, when its stack is killed. */
@Timeout(300)
class DevLoopIT {
    private static final String SPEC = """
        name: m
        label: y
        features: {numeric: [x]}
        loss: binary-cross-entropy
        optimizer: {type: sgd, learningRate: 0.1}
        join: {within: 10m, after: 0, grace: 1m}
        """;
    private static final String REQUEST =
            "{\"id\": \"%s\", \"inputs\": [{\"name\": \"x\", \"shape\": [1], \"datatype\": \"FP64\", \"data\": [1]}]}";

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    @Test
    void a_killed_stack_still_joins_the_requests_that_were_open() throws Exception {
        String spec = Files.writeString(directory.resolve("m.yaml"), SPEC).toString();
        String data = directory.resolve("data").toString();
        try (DevProcess first =
                DevProcess.start(directory, "--spec", spec, "--data", data, "--port", "0", "--kafka-port", "0")) {
            ask(first.server(), "before");
            ask(first.server(), "open");
            awaitSamples(first.bootstrapServers(), "open before", "open open");
            report(first.server(), "before");
            awaitSamples(first.bootstrapServers(), "open before", "open open", "changed before");
            assertThat(first.text()).contains("/v2/models/m/feedback -H 'content-type: application/json' -d ");
            first.kill();
        }
        try (DevProcess second = DevProcess.start(directory, "--data", data)) {
            report(second.server(), "open");
            awaitSamples(second.bootstrapServers(), "open before", "open open", "changed before", "changed open");
            Run replay = Run.of("replay", "m", "--bootstrap-servers", second.bootstrapServers());
            assertThat(replay.out() + replay.err()).contains("identical: ");
        }
    }

    /** Would catch a directory that keeps the wrong format for ever, or a model that no later start can run. */
    @Test
    void a_topic_that_the_join_cannot_write_is_refused_before_anything_is_kept() throws Exception {
        String joined = Files.writeString(directory.resolve("m.yaml"), SPEC).toString();
        String plain = Files.writeString(
                        directory.resolve("p.yaml"),
                        SPEC.replace("name: m", "name: p").replaceAll("join: .*", ""))
                .toString();
        String data = directory.resolve("data").toString();
        assertRefused(dev(data, "--spec", joined, "--format", "json"));

        dev(data, "--spec", plain, "--format", "json").done();
        assertRefused(dev(data, "--spec", joined));
        dev(data).done();
    }

    private static Run dev(String data, String... arguments) {
        List<String> all =
                new ArrayList<>(List.of("dev", "--data", data, "--port", "0", "--kafka-port", "0", "--duration", "1s"));
        all.addAll(List.of(arguments));
        return Run.of(all.toArray(new String[0]));
    }

    private static void assertRefused(Run run) {
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("--format: json (expected: avro for models with join)");
    }

    private void ask(String server, String id) throws Exception {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> post(server + "/v2/models/m/infer", REQUEST.formatted(id)));
    }

    private void report(String server, String id) throws Exception {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> post(server + "/v2/models/m/feedback", "{\"id\": \"" + id + "\", \"value\": 1}"));
    }

    private void post(String address, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    /** Waits until the samples topic has exactly these samples, as stage and id. */
    private static void awaitSamples(String bootstrapServers, String... expected) throws Exception {
        SampleReader reader = new SampleReader();
        List<String> samples = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                KafkaOptions.of(bootstrapServers).consumer()) {
            consumer.assign(List.of(new TopicPartition("freshet.samples", 0)));
            consumer.seekToBeginning(consumer.assignment());
            await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
                for (ConsumerRecord<byte[], byte[]> sample : consumer.poll(Duration.ofMillis(100))) {
                    SampleReader.Fields fields = reader.read(sample.value());
                    samples.add(name(fields.header().stage()) + " "
                            + fields.header().id());
                }
                assertThat(samples).containsExactlyInAnyOrder(expected);
            });
        }
    }

    private static String name(Stage stage) {
        return stage.name().toLowerCase(Locale.ROOT);
    }
}
