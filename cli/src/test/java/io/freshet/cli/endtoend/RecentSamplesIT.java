package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.job.source.KafkaCluster;
import io.freshet.job.source.RecordedFormat;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.TopicFormat;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Recent samples of a real topic of several partitions. Would catch a server that reads another format than the job. */
@Timeout(120)
class RecentSamplesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final ModelSpec SPEC = ModelSpec.parse("{name: m, label: y, loss: mean-squared-error,"
            + " features: {numeric: [a], categorical: [city], hashBits: 2, standardize: false}}");

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void give_examples_and_names_in_the_format_that_the_job_recorded() throws Exception {
        Topics topics = Topics.of("recent");
        try (TestBroker broker = TestBroker.start();
                ModelServer server = start(broker, topics, ServerOptions.DEFAULT_HOST);
                ModelServer open = start(broker, topics, "0.0.0.0")) {
            broker.create(topics, 3);
            RecordedFormat.write(
                    KafkaCluster.at(broker.bootstrapServers()),
                    topics,
                    new TopicFormat(topics.samples(), "json", null, new RecordFields(null, null, "for"), List.of()),
                    Instant.now());
            broker.send(topics.samples(), 0, json("{\"a\": 1, \"city\": \"Rome\", \"y\": 5}", "not JSON"));
            broker.send(topics.samples(), 2, json("{\"a\": 2.5, \"city\": \"Oslo\", \"y\": 7}"));
            broker.send(topics.samples(), 1, json("{\"for\": \"other\", \"a\": 9, \"city\": \"Lima\"}"));
            publish(broker, topics, 1);
            publish(broker, topics, 2);
            await().atMost(PATIENCE).until(() -> get(server, "/movers").contains("\"to\":\"2\""));

            assertThat(get(server, "/example"))
                    .contains("\"source\":\"record\"")
                    .contains("\"values\":{\"a\":2.5,\"city\":\"Oslo\"}");
            assertThat(get(server, "/movers"))
                    .contains("city=Oslo")
                    .contains("city=Rome")
                    .doesNotContain("Lima");

            await().atMost(PATIENCE).until(() -> get(open, "/movers").contains("\"to\":\"2\""));
            assertThat(get(open, "/example")).contains("\"source\":\"none\"").doesNotContain("Oslo");
            assertThat(get(open, "/movers")).doesNotContain("Oslo");
        }
    }

    private static ModelServer start(TestBroker broker, Topics topics, String host) {
        return ModelServer.start(ServerOptions.of(broker.bootstrapServers())
                .withPrefix(topics.prefix())
                .withAddress(host, 0));
    }

    private static List<byte @Nullable []> json(String... values) {
        List<byte @Nullable []> records = new ArrayList<>();
        for (String value : values) {
            records.add(value.getBytes(UTF_8));
        }
        return records;
    }

    private static void publish(TestBroker broker, Topics topics, int version) throws Exception {
        float[] parameters = new float[SPEC.parameterCount()];
        Arrays.fill(parameters, version);
        Lineage lineage = new Lineage(new int[] {0}, new long[] {0}, new long[] {version}, version, version, List.of());
        double[] moments = SPEC.features().standardizer().start();
        Snapshot snapshot = new Snapshot(SPEC, "", version, version, parameters, moments, lineage, new long[0], null);
        try (KafkaProducer<byte[], byte[]> producer =
                KafkaOptions.of(broker.bootstrapServers()).producer(Map.of())) {
            for (KeyedBytes record : new SnapshotCodec().write(snapshot, topics.samples(), version, "0.1.0")) {
                producer.send(new ProducerRecord<>(topics.parameters(), 0, record.key(), record.value()))
                        .get();
            }
        }
    }

    private String get(ModelServer server, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/v2/models/m" + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }
}
