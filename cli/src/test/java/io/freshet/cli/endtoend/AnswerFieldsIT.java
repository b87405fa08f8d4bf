package io.freshet.cli.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.sample.JsonDecoder;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import io.freshet.server.answers.AnswerPolicy;
import io.freshet.server.answers.LoggedFields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fields of logged answers. Would catch a field from which the trainer would learn something else than the server predicted: the
 * prediction is computed again from the logged fields, and has to have the same bits.
 */
@Timeout(120)
class AnswerFieldsIT {
    private static final long SEED = 20261201;
    private static final ModelSpec SPEC = ModelSpec.parse("{name: m, label: y, loss: binary-cross-entropy,"
            + " features: {numeric: [x, both], categorical: [c, both], tokens: [words], cross: [[c, both]],"
            + " dense: [{field: v, length: 3}], sparse: [s],"
            + " time: [{field: at, features: [hour, weekday]}], hashBits: 10,"
            + " missing: {default: mean, fields: {c: indicator, both: indicator}}},"
            + " join: {within: 1h, after: 0, exposure: shown, slices: [origin]}}");
    private static final ModelSpec SEQUENCE = ModelSpec.parse(
            "{name: steps, label: tags, outputs: 2,"
                    + " loss: sequence-cross-entropy, features: {dense: [{field: v, length: 2}]}, model: {type: sequence, steps: 4}}");
    private static final ModelSpec KEYED = ModelSpec.parse("{name: keyed, label: y, key: store,"
            + " loss: mean-squared-error, features: {numeric: [store, a], standardize: false}}");
    private static final RowLayout LAYOUT = RowLayout.of(List.of(SPEC));

    @AutoClose
    private static TestBroker broker;

    private final HttpClient http = HttpClient.newHttpClient();
    private final SplittableRandom random = new SplittableRandom(SEED);

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @Test
    void a_prediction_computed_from_the_logged_fields_has_the_same_bits() throws Exception {
        Topics topics = Topics.of("fields");
        Predictor predictor = new Predictor(learned());
        create(topics, List.of(predictor.snapshot()));
        try (ModelServer server = server(topics, LoggedFields.ALL, "m")) {
            for (int i = 0; i < 100; i++) {
                Fields row = new Fields(i);
                post(server, "/v1/models/m:predict", row.instance("v1-" + i), Map.of());
                post(server, "/v2/models/m/infer", row.columns("v2-" + i), Map.of());
                byte[] json = row.header("binary-" + i).getBytes(UTF_8);
                post(
                        server,
                        "/v2/models/m/infer",
                        row.withVector(json),
                        Map.of("Inference-Header-Content-Length", Integer.toString(json.length)));
            }
        }

        JsonDecoder decoder = new JsonDecoder(LAYOUT, RecordFields.NONE);
        FeatureEncoder encoder = new FeatureEncoder(SPEC, LAYOUT);
        Row row = new Row(LAYOUT);
        List<JsonObject> answers = answers(topics);
        assertThat(answers).hasSize(300);
        for (JsonObject answer : answers) {
            byte[] fields = answer.getJsonObject("fields").encode().getBytes(UTF_8);
            decoder.decode(fields, 0, row);

            assertThat(decoder.faults()).as(answer.encode()).isEmpty();
            float expected = predictor.predict(encoder.encodeFeatures(row))[0];
            assertThat(answer.getJsonObject("outputs").getFloat("prediction"))
                    .as("seed %d, %s", SEED, answer.encode())
                    .isEqualTo(expected);
            assertThat(answer.getLong("event_time")).isEqualTo(1_700_000_000_000L + answer.getInteger("row"));
            assertThat(answer.getJsonObject("fields").fieldNames()).doesNotContain("id", "event_time", "steps");
        }
        assertThat(answers.stream().map(answer -> answer.getValue("outputs")).distinct())
                .as("predictions depend on the fields")
                .hasSizeGreaterThan(80);
        JsonObject first = answers.get(1).getJsonObject("fields");
        assertThat(first.getValue("shown")).isEqualTo(true);
        assertThat(answers.get(0).getJsonObject("fields").getString("origin")).isEqualTo("SEA");
    }

    @Test
    void only_the_fields_that_are_listed_are_logged_and_a_vector_without_its_padding() throws Exception {
        Topics topics = Topics.of("listed");
        Learner sequence = new Learner(SEQUENCE);
        create(topics, List.of(learned(), sequence.snapshot(sequence.start(), "")));
        try (ModelServer server = server(topics, LoggedFields.parse("c, v,nothing"), "steps")) {
            post(server, "/v1/models/m:predict", new Fields(1).instance("m"), Map.of());
            post(
                    server,
                    "/v1/models/steps:predict",
                    "{\"instances\": [{\"id\": \"long\", \"v\": [[1, 2], [3, 4.5]]}, {\"id\": \"short\", \"v\": [[5, 6]]}]}",
                    Map.of());
        }

        List<JsonObject> answers = answers(topics);

        assertThat(answers.get(0).getJsonObject("fields").fieldNames())
                .isSubsetOf("c", "v")
                .contains("v");
        assertThat(answers.get(1).getJsonObject("fields").encode()).isEqualTo("{\"v\":[1,2,3,4.5]}");
        assertThat(answers.get(2).getJsonObject("fields").encode()).isEqualTo("{\"v\":[5,6]}");
    }

    /** Would catch a request that the join rejects, since it lacks a number. */
    @Test
    void a_key_is_no_field_unless_it_is_a_number_of_the_model_too() throws Exception {
        Topics topics = Topics.of("keyed");
        Learner keyed = new Learner(KEYED);
        create(topics, List.of(keyed.snapshot(keyed.start(), "7")));
        try (ModelServer server = server(topics, LoggedFields.ALL, "keyed")) {
            post(server, "/v2/models/keyed/infer", """
                    {"id": "k", "inputs": [
                     {"name": "store", "datatype": "BYTES", "shape": [1], "data": ["7"]},
                     {"name": "store", "datatype": "FP64", "shape": [1], "data": [7]},
                     {"name": "a", "datatype": "FP64", "shape": [1], "data": [1]}]}""", Map.of());
        }

        JsonObject answer = answers(topics).get(0);
        assertThat(answer.getString("key")).isEqualTo("7");
        assertThat(answer.getJsonObject("fields").encode()).isEqualTo("{\"store\":7,\"a\":1}");
    }

    @Test
    void an_answer_beyond_the_largest_record_is_not_returned_if_answers_are_required() throws Exception {
        Topics topics = Topics.of("large");
        create(topics, List.of(learned()));
        try (ModelServer server = server(topics, LoggedFields.ALL, "m")) {
            JsonObject row = new Fields(1).instance();
            row.put("words", "w ".repeat(600_000));
            HttpResponse<String> response = send(
                    server,
                    "/v1/models/m:predict",
                    HttpRequest.BodyPublishers.ofString(new JsonObject()
                            .put("instances", new JsonArray().add(row))
                            .encode()),
                    Map.of());

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).contains("row 0: an answer of 1200", " (expected: up to 1047552 to log it)");
            HttpResponse<String> metrics = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/metrics"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(metrics.body()).contains("freshet_answers_total{result=\"too-large\"} 1.0");
        }
        assertThat(answers(topics)).isEmpty();
    }

    /** The values of one row, of which some are missing. */
    private final class Fields {
        private final int index;
        private final Object x = random.nextInt(5) == 0 ? "NA" : (Object) random.nextDouble(-3, 3);
        private final Object both = List.of(7, 7.5, 1e3).get(random.nextInt(3));
        private final String c = random.nextInt(4) == 0 ? null : "c" + random.nextInt(5);
        private final String words = "a b" + random.nextInt(3) + " \"q\" é";
        private final float[] v = {random.nextInt(9), (float) random.nextDouble(), -0.1f};
        private final String s = random.nextInt(50) + ":1 " + random.nextInt(50) + ":0.25";
        private final String at = "2030-01-0" + (1 + random.nextInt(9)) + "T1" + random.nextInt(10) + ":00:00Z";

        Fields(int index) {
            this.index = index;
        }

        JsonObject instance() {
            JsonObject row = new JsonObject()
                    .put("both", both)
                    .put("words", words)
                    .put("v", new JsonArray().add(v[0]).add(v[1]).add(v[2]))
                    .put("s", s)
                    .put("at", at)
                    .put("shown", index % 2 == 0)
                    .put("origin", "SEA")
                    .put("event_time", 1_700_000_000_000L);
            if (c != null) {
                row.put("c", c);
            }
            return index % 7 == 0 ? row : row.put("x", x);
        }

        String instance(String id) {
            return new JsonObject()
                    .put("id", id)
                    .put("instances", new JsonArray().add(instance()))
                    .encode();
        }

        private JsonArray scalars() {
            return new JsonArray()
                    .add(column("x", "FP64", x))
                    .add(column("both", "FP64", both))
                    .add(column("both", "BYTES", both.toString()))
                    .add(column("c", "BYTES", c))
                    .add(column("words", "BYTES", words))
                    .add(column("s", "BYTES", s))
                    .add(column("at", "BYTES", at))
                    .add(column("shown", "BOOL", index % 2 == 0))
                    .add(column("event_time", "INT64", 1_700_000_000_000L));
        }

        String columns(String id) {
            JsonArray vector = new JsonArray().add(v[0]).add(v[1]).add(v[2]);
            return new JsonObject()
                    .put("id", id)
                    .put(
                            "inputs",
                            scalars()
                                    .add(tensor(
                                                    "v",
                                                    "FP32",
                                                    new JsonArray().add(1).add(3))
                                            .put("data", vector)))
                    .encode();
        }

        /** Returns a request whose vector follows as bytes. */
        String header(String id) {
            JsonObject vector = tensor("v", "FP32", new JsonArray().add(1).add(3))
                    .put("parameters", new JsonObject().put("binary_data_size", 12));
            return new JsonObject()
                    .put("id", id)
                    .put("inputs", scalars().add(vector))
                    .encode();
        }

        byte[] withVector(byte[] json) {
            ByteBuffer body = ByteBuffer.allocate(json.length + 12).order(ByteOrder.LITTLE_ENDIAN);
            return body.put(json).putFloat(v[0]).putFloat(v[1]).putFloat(v[2]).array();
        }
    }

    private static JsonObject column(String name, String datatype, Object value) {
        return tensor(name, datatype, new JsonArray().add(1)).put("data", new JsonArray().add(value));
    }

    private static JsonObject tensor(String name, String datatype, JsonArray shape) {
        return new JsonObject().put("name", name).put("datatype", datatype).put("shape", shape);
    }

    /** Returns parameters that depend on all features. */
    private Snapshot learned() throws Exception {
        Learner learner = new Learner(SPEC);
        LearnerState state = learner.start();
        JsonDecoder decoder = new JsonDecoder(LAYOUT, RecordFields.NONE);
        FeatureEncoder encoder = new FeatureEncoder(SPEC, LAYOUT);
        Row row = new Row(LAYOUT);
        for (int i = 0; i < 300; i++) {
            byte[] sample = new Fields(i)
                    .instance()
                    .put("y", random.nextInt(2))
                    .encode()
                    .getBytes(UTF_8);
            decoder.decode(sample, 1_000 + i, row);
            learner.learn(state, encoder.encode(row, 0, i));
        }
        return learner.snapshot(state, "");
    }

    private static void create(Topics topics, List<Snapshot> snapshots) throws Exception {
        broker.create(topics, 1);
        try (TopicAdmin admin = new TopicAdmin(KafkaOptions.of(broker.bootstrapServers()))) {
            admin.create(TopicPlan.answers(topics, 1), 1);
        }
        try (KafkaProducer<byte[], byte[]> producer =
                KafkaOptions.of(broker.bootstrapServers()).producer(Map.of())) {
            for (Snapshot snapshot : snapshots) {
                for (KeyedBytes record : new SnapshotCodec().write(snapshot, topics.samples(), 1_000, "test")) {
                    producer.send(new ProducerRecord<>(topics.parameters(), record.key(), record.value()));
                }
            }
        }
    }

    private static List<JsonObject> answers(Topics topics) throws Exception {
        return broker.readAll(topics.answers()).stream()
                .map(ConsumerRecord::value)
                .map(value -> new JsonObject(new String(value, UTF_8)))
                .toList();
    }

    private ModelServer server(Topics topics, LoggedFields fields, String awaited) throws Exception {
        ServerOptions.Answers answers =
                new ServerOptions.Answers(topics.answers(), new AnswerPolicy(1, fields, Duration.ofSeconds(60)));
        ModelServer server = ModelServer.start(ServerOptions.of(broker.bootstrapServers())
                .withPrefix(topics.prefix())
                .withAddress("127.0.0.1", 0)
                .withWriting(new ServerOptions.Writing(null, answers)));
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/v2/models/" + awaited + "/ready");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200);
        return server;
    }

    private void post(ModelServer server, String path, String body, Map<String, String> headers) throws Exception {
        post(server, path, body.getBytes(UTF_8), headers);
    }

    private void post(ModelServer server, String path, byte[] body, Map<String, String> headers) throws Exception {
        HttpResponse<String> response = send(server, path, HttpRequest.BodyPublishers.ofByteArray(body), headers);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private HttpResponse<String> send(
            ModelServer server, String path, HttpRequest.BodyPublisher body, Map<String, String> headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .header("Content-Type", "application/json")
                .POST(body);
        headers.forEach(request::header);
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
