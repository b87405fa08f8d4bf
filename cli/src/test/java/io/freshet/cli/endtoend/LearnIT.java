package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.job.decode.SampleFactory;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.SourceRecord;
import io.freshet.job.source.SourceRecordReader;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Catches a row that is acknowledged and not in the topic, or that the trainer reads as another sample or not at all. */
@Timeout(120)
class LearnIT {
    private static final ModelSpec MAILS = ModelSpec.parse("{name: mails, label: kind, labels: [ham, spam], weight: w,"
            + " features: {numeric: [links], categorical: [sender], dense: [{field: v, length: 2}], time: [{field: at,"
            + " features: [hour]}]}, loss: binary-cross-entropy, holdout: 0.5}");
    private static final ModelSpec SHOPS =
            ModelSpec.parse("{name: shops, key: shop, label: y, features: {numeric: [x]}, loss: mean-squared-error}");

    @AutoClose
    private static TestBroker broker;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @Test
    void the_trainer_reads_the_acknowledged_rows_and_invalid_ones_are_rejected_with_the_reason() throws Exception {
        Topics topics = topics("rows", 1, MAILS);
        try (ModelServer server = server(topics)) {
            HttpResponse<String> response = learn(server, "mails", """
                    {"id": "r1", "inputs": [
                     {"name": "links", "datatype": "FP64", "shape": [4], "data": [1, 2.5, 3, 4]},
                     {"name": "sender", "datatype": "BYTES", "shape": [4], "data": ["a", "b", null, "d"]},
                     {"name": "v", "datatype": "FP32", "shape": [4, 2], "data": [0, 1, 2, 3, 4, 5, 6, 7]},
                     {"name": "at", "datatype": "BYTES", "shape": [4], "data": ["2026-03-02T05:00:00Z", "2026-03-02T06:00:00Z", "2026-03-02T06:00:00Z", "2026-03-02T06:00:00Z"]},
                     {"name": "kind", "datatype": "BYTES", "shape": [4], "data": ["ham", "spam", "spam", "eggs"]},
                     {"name": "w", "datatype": "FP32", "shape": [4], "data": [1, 0.5, 1, 1]},
                     {"name": "id", "datatype": "BYTES", "shape": [4], "data": ["i1", "i2", "i3", "i4"]},
                     {"name": "event_time", "datatype": "INT64", "shape": [4], "data": [1000, null, 3000, 4000]}]}""");

            JsonObject body = new JsonObject(response.body());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(body.getString("id")).isEqualTo("r1");
            assertThat(data(body, "offset")).containsExactly(0, 1, null, null);
            assertThat(data(body, "partition")).containsExactly(0, 0, null, null);
            assertThat(data(body, "error"))
                    .containsExactly(
                            "", "", "sender: missing (expected: a text)", "kind: eggs (expected: one of ham, spam)");
        }

        List<SourceRecord> records = records(topics);
        assertThat(records).hasSize(2);
        KeyedSample first = decode(MAILS, records.get(0));
        KeyedSample second = decode(MAILS, records.get(1));
        assertThat(first.sample().numeric()).containsExactly(1);
        assertThat(first.sample().dense()).containsExactly(0, 1);
        assertThat(first.sample().label()).containsExactly(0);
        assertThat(first.sample().eventTime()).isEqualTo(1000);
        assertThat(second.sample().label()).containsExactly(1);
        assertThat(second.sample().weight()).isEqualTo(0.5f);
        assertThat(second.sample().eventTime()).as("time of the record").isGreaterThan(1_700_000_000_000L);
        assertThat(first.sample().rows())
                .as("sender")
                .isNotEqualTo(second.sample().rows());
    }

    /** Would catch a row that fails those after it, and that clients send again for ever. */
    @Test
    void a_row_larger_than_a_record_is_rejected_and_the_rows_after_it_are_sent() throws Exception {
        Topics topics = topics(
                "large",
                1,
                ModelSpec.parse("{name: texts, label: y, loss: mean-squared-error, features: {categorical: [c]}}"));
        try (ModelServer server = server(topics)) {
            HttpResponse<String> response = learn(
                    server,
                    "texts",
                    new JsonObject()
                            .put(
                                    "inputs",
                                    new JsonArray()
                                            .add(input("c", "BYTES", List.of("a", "x".repeat(1_100_000), "b")))
                                            .add(input("y", "FP64", numbers(3))))
                            .encode());

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            JsonObject body = new JsonObject(response.body());
            assertThat(data(body, "offset")).containsExactly(0, null, 1);
            assertThat(data(body, "error").getString(1)).startsWith("row: a record of 11000");
        }
        assertThat(records(topics)).hasSize(2);
    }

    @Test
    void the_samples_of_a_key_are_in_one_partition_in_the_order_of_their_rows() throws Exception {
        Topics topics = topics("keys", 4, SHOPS);
        List<String> shops = new ArrayList<>();
        for (int row = 0; row < 60; row++) {
            shops.add("S" + row % 12);
        }
        try (ModelServer server = server(topics)) {
            HttpResponse<String> response = learn(
                    server,
                    "shops",
                    new JsonObject()
                            .put(
                                    "inputs",
                                    new JsonArray()
                                            .add(input("shop", "BYTES", shops))
                                            .add(input("x", "FP64", numbers(60)))
                                            .add(input("y", "FP64", numbers(60))))
                            .encode());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        }

        List<SourceRecord> records = records(topics);
        assertThat(records).hasSize(60);
        assertThat(records.stream().map(SourceRecord::partition).distinct().count())
                .isGreaterThan(1);
        for (int shop = 0; shop < 12; shop++) {
            String key = "shops/S" + shop;
            List<KeyedSample> ofKey = records.stream()
                    .map(record -> decode(SHOPS, record))
                    .filter(sample -> sample.modelKey().equals(key))
                    .toList();
            int first = shop;
            assertThat(ofKey.stream().map(sample -> sample.sample().partition()).distinct())
                    .hasSize(1);
            assertThat(ofKey.stream().map(sample -> sample.sample().numeric()[0]))
                    .containsExactly(first + 0.0, first + 12.0, first + 24.0, first + 36.0, first + 48.0);
        }
    }

    private static JsonObject input(String name, String datatype, List<?> data) {
        return new JsonObject()
                .put("name", name)
                .put("datatype", datatype)
                .put("shape", new JsonArray().add(data.size()))
                .put("data", new JsonArray(data));
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    private static KeyedSample decode(ModelSpec spec, SourceRecord record) {
        KeyedSample sample = new SampleFactory(RecordFormat.avro(), List.of(spec)).encode(record, 0);
        assertThat(sample).isNotNull();
        return sample;
    }

    private static List<SourceRecord> records(Topics topics) throws Exception {
        List<SourceRecord> records = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(KafkaOptions.of(broker.bootstrapServers()), topics.samples())) {
            reader.readToEnd(record -> records.add(SourceRecordReader.read(record)));
        }
        return records;
    }

    /** Creates topics with the first snapshot of a model. */
    private static Topics topics(String prefix, int partitions, ModelSpec spec) throws Exception {
        Topics topics = Topics.of(prefix);
        broker.create(topics, partitions);
        Learner learner = new Learner(spec);
        String key = spec.key() == null ? "" : "S0";
        try (KafkaProducer<byte[], byte[]> producer =
                KafkaOptions.of(broker.bootstrapServers()).producer(Map.of())) {
            for (KeyedBytes record : new SnapshotCodec()
                    .write(learner.snapshot(learner.start(), key), topics.samples(), 1_000, "test")) {
                producer.send(new ProducerRecord<>(topics.parameters(), record.key(), record.value()));
            }
        }
        return topics;
    }

    private ModelServer server(Topics topics) throws Exception {
        ModelServer server = ModelServer.start(ServerOptions.of(broker.bootstrapServers())
                .withPrefix(topics.prefix())
                .withAddress("127.0.0.1", 0)
                .withWriting(new ServerOptions.Writing(topics.samples(), null)));
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            URI uri = URI.create("http://127.0.0.1:" + server.port() + "/v2/health/ready");
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode()
                    == 200;
        });
        return server;
    }

    private HttpResponse<String> learn(ModelServer server, String model, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:" + server.port() + "/v2/models/" + model + "/learn"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static JsonArray data(JsonObject response, String output) {
        return response.getJsonArray("outputs").stream()
                .map(JsonObject.class::cast)
                .filter(each -> each.getString("name").equals(output))
                .findFirst()
                .orElseThrow()
                .getJsonArray("data");
    }
}
