package io.freshet.cli.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicPlan;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import io.freshet.server.request.UnknownKeys;
import io.freshet.server.store.VersionLimits;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Catches an answer whose record does not say what was predicted with which version, and an id that one server logs and another does not. */
@Timeout(120)
class AnswerLogIT {
    private static final ModelSpec MAILS = ModelSpec.parse(
            "{name: mails, label: kind, labels: [ham, spam], features: {numeric: [x]}, loss: binary-cross-entropy}");
    private static final ModelSpec SHOPS =
            ModelSpec.parse("{name: shops, key: shop, label: c, outputs: 3, features: {numeric: [x]}, loss:"
                    + " sparse-categorical-cross-entropy}");
    private static final ModelSpec ALL = ModelSpec.parse(
            "{name: all, label: c, outputs: 3, features: {numeric: [x]}, loss: sparse-categorical-cross-entropy}");
    /** A row of an answer has a probability of each class, so that of many rows takes more than 8 MiB. */
    private static final ModelSpec WIDE =
            ModelSpec.parse("{name: wide, label: c, outputs: 97, features: {numeric: [x]},"
                    + " loss: sparse-categorical-cross-entropy}");

    private static final int MANY = 6_500;
    private static final Pattern COUNT = Pattern.compile("freshet_answers_total\\{result=\"(\\S+)\"} (\\S+)");

    private static final String ROW = "{\"id\": \"%s\", \"inputs\": [{\"name\": \"x\", \"datatype\": \"FP64\","
            + " \"shape\": [1], \"data\": [1]}]}";

    @AutoClose
    private static TestBroker broker;

    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @Test
    void each_row_is_a_record_with_the_id_as_its_key() throws Exception {
        Topics topics = topics("rows");
        String given;
        try (ModelServer server = server(topics, 1)) {
            infer(server, "mails", """
                {"id": "r1", "outputs": [{"name": "class"}], "inputs": [
                 {"name": "x", "datatype": "FP64", "shape": [2], "data": [1, 2]},
                 {"name": "id", "datatype": "BYTES", "shape": [2], "data": [null, "i2"]}]}\
                """);
            given = infer(server, "shops", """
                {"inputs": [
                 {"name": "x", "datatype": "FP64", "shape": [2], "data": [1, 2]},
                 {"name": "shop", "datatype": "BYTES", "shape": [2], "data": ["unknown", "S1"]}]}\
                """).getString("id");
        }

        List<ConsumerRecord<byte[], byte[]>> records = records(topics);

        assertThat(records).hasSize(3);
        JsonObject first = json(records.get(0));
        assertThat(first.getLong("time")).isGreaterThan(1_700_000_000_000L);
        assertThat(first.getLong("event_time")).isEqualTo(first.getLong("time"));
        first.remove("time");
        first.remove("event_time");
        assertThat(first.remove("outcome_hash")).isEqualTo(MAILS.outcomeHash());
        assertThat(first.encode())
                .isEqualTo(
                        "{\"id\":\"r1/0\",\"row\":0,\"model\":\"mails\",\"key\":null,\"key_field\":null,\"parent\":null,\"version\":0,\"lane\":\"eager\","
                                + "\"version_label\":null,\"share\":null,\"age_millis\":null,\"shadow\":false,"
                                + "\"outputs\":{\"prediction\":0.5,\"class\":\"spam\"}}");
        assertThat(records.get(0).key()).asString().isEqualTo("r1/0");
        assertThat(records.get(1).key()).asString().isEqualTo("i2");
        assertThat(json(records.get(1)).getString("id")).isEqualTo("i2");
        JsonObject shop = json(records.get(2));
        assertThat(shop.getString("id")).isEqualTo(given + "/1");
        assertThat(records.get(2).key()).asString().isEqualTo(given + "/1");
        assertThat(shop.getString("key")).isEqualTo("S1");
        assertThat(shop.getString("key_field")).isEqualTo("shop");
        assertThat(shop.getInteger("row")).isOne();
        assertThat(shop.getJsonObject("outputs").getJsonArray("probabilities")).hasSize(3);
        assertThat(shop.getJsonObject("outputs").getInteger("class")).isZero();
    }

    /** Would catch a version of the parent that is taken for the same version of the key's own model. */
    @Test
    void a_row_that_the_parent_predicted_names_it() throws Exception {
        Topics topics = topics("parent");
        try (ModelServer server = server(topics, 1, UnknownKeys.PARENT)) {
            infer(server, "shops", """
                {"inputs": [
                 {"name": "x", "datatype": "FP64", "shape": [2], "data": [1, 2]},
                 {"name": "shop", "datatype": "BYTES", "shape": [2], "data": ["unknown", "S1"]}]}\
                """);
        }

        assertThat(records(topics))
                .extracting(record -> json(record).getString("model") + "/"
                        + json(record).getString("key") + " " + json(record).getString("parent"))
                .containsExactlyInAnyOrder("shops/unknown all", "shops/S1 null");
    }

    @Test
    void the_prediction_of_a_shadow_is_a_record_of_its_own() throws Exception {
        Topics topics = topics("shadow");
        try (ModelServer server = server(topics, 1)) {
            post(server, "/v2/repository/models/mails/labels/shadow", "{\"version\": \"newest\"}");
            infer(server, "mails", ROW.formatted("r1"));
        }

        List<JsonObject> records =
                records(topics).stream().map(AnswerLogIT::json).toList();

        assertThat(records)
                .extracting(record -> record.getString("id") + " " + record.getString("version_label") + " "
                        + record.getBoolean("shadow"))
                .containsExactly("r1 stable false", "r1 shadow true");
        assertThat(records.get(0).getJsonObject("outputs"))
                .isEqualTo(records.get(1).getJsonObject("outputs"));
    }

    @Test
    void a_version_that_was_chosen_has_its_share_and_one_that_was_named_has_none() throws Exception {
        Topics topics = topics("canary");
        try (ModelServer server = server(topics, 1)) {
            infer(server, "mails", ROW.formatted("before"));
            post(server, "/v2/repository/models/mails/labels/canary", "{\"version\": \"newest\", \"traffic\": 0.25}");
            for (int i = 0; i < 60; i++) {
                infer(server, "mails", ROW.formatted("r" + i));
            }
            post(server, "/v2/models/mails/versions/canary/infer", ROW.formatted("named"));
        }

        Map<String, Set<String>> shares = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records(topics)) {
            JsonObject answer = json(record);
            shares.computeIfAbsent(
                            answer.getString("id").replaceAll("\\d", "") + " " + answer.getString("version_label"),
                            label -> new HashSet<>())
                    .add(String.valueOf(answer.getDouble("share")));
        }
        assertThat(shares)
                .isEqualTo(Map.of(
                        "before null", Set.of("null"),
                        "r canary", Set.of("0.25"),
                        "r stable", Set.of("0.75"),
                        "named canary", Set.of("null")));
    }

    @Test
    void the_key_is_that_of_the_row_also_if_parameters_of_0_predicted() throws Exception {
        Topics topics = topics("keys");
        try (ModelServer server = server(topics, 1)) {
            infer(server, "shops", """
                {"id": "r1", "parameters": {"unknown_keys": "zero"}, "inputs": [
                 {"name": "x", "datatype": "FP64", "shape": [2], "data": [1, 2]},
                 {"name": "event_time", "datatype": "INT64", "shape": [2], "data": [1700000000000, null]},
                 {"name": "shop", "datatype": "BYTES", "shape": [2], "data": ["unknown", "S1"]}]}\
                """);
        }

        List<JsonObject> answers =
                records(topics).stream().map(AnswerLogIT::json).toList();

        assertThat(answers)
                .extracting(answer -> answer.getString("id") + " " + answer.getString("key"))
                .containsExactly("r1/0 unknown", "r1/1 S1");
        assertThat(answers.get(0).getLong("event_time")).isEqualTo(1_700_000_000_000L);
        assertThat(answers.get(1).getLong("event_time"))
                .isEqualTo(answers.get(1).getLong("time"));
    }

    @Test
    void every_server_logs_the_same_share_of_the_ids() throws Exception {
        Topics topics = topics("share");
        for (int run = 0; run < 2; run++) {
            try (ModelServer server = server(topics, 0.25)) {
                for (int i = 0; i < 400; i++) {
                    infer(server, "mails", ROW.formatted("request-" + i));
                }
            }
        }

        List<String> ids = records(topics).stream()
                .map(record -> new String(record.key(), StandardCharsets.UTF_8))
                .toList();

        assertThat(ids.size()).isBetween(150, 250).isEven();
        assertThat(ids.subList(0, ids.size() / 2)).isEqualTo(ids.subList(ids.size() / 2, ids.size()));
    }

    /** Would catch rows that wait for the last row of their request, and so for memory that none of them leaves. */
    @Test
    void a_request_whose_answers_take_more_than_the_memory_is_logged_while_it_is_written() throws Exception {
        Topics topics = topics("many");
        String rows = "{\"inputs\": [{\"name\": \"x\", \"datatype\": \"FP64\", \"shape\": [" + MANY + "], \"data\": ["
                + "1,".repeat(MANY - 1) + "1]}]}";
        try (ModelServer server = server(topics, 1)) {
            // A broker that is too slow for one request may be fast enough for another.
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                Map<String, Double> before = answers(server);
                infer(server, "wide", rows);
                await().atMost(Duration.ofSeconds(30)).until(() -> sum(answers(server)) == sum(before) + MANY);
                return answers(server).get("logged") == before.get("logged") + MANY;
            });
        }
    }

    private static double sum(Map<String, Double> counts) {
        return counts.values().stream().mapToDouble(count -> count).sum();
    }

    /** Returns how many rows have each result. */
    private Map<String, Double> answers(ModelServer server) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/metrics");
        String metrics = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        Map<String, Double> counts = new TreeMap<>();
        Matcher count = COUNT.matcher(metrics);
        while (count.find()) {
            counts.put(count.group(1), Double.valueOf(count.group(2)));
        }
        return counts;
    }

    private static JsonObject json(ConsumerRecord<byte[], byte[]> record) {
        return new JsonObject(new String(record.value(), StandardCharsets.UTF_8));
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(Topics topics) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (TopicReader reader = TopicReader.open(KafkaOptions.of(broker.bootstrapServers()), topics.answers())) {
            reader.readToEnd(records::add);
        }
        return records;
    }

    /** Creates topics with the first snapshots of the models. */
    private static Topics topics(String prefix) throws Exception {
        Topics topics = Topics.of(prefix);
        broker.create(topics, 1);
        try (TopicAdmin admin = new TopicAdmin(KafkaOptions.of(broker.bootstrapServers()))) {
            admin.create(TopicPlan.answers(topics, 1), 1);
        }
        try (KafkaProducer<byte[], byte[]> producer =
                KafkaOptions.of(broker.bootstrapServers()).producer(Map.of())) {
            for (ModelSpec spec : List.of(WIDE, MAILS, ALL, SHOPS)) {
                Learner learner = new Learner(spec);
                String key = spec.key() == null ? "" : "S1";
                for (KeyedBytes record : new SnapshotCodec()
                        .write(learner.snapshot(learner.start(), key), topics.samples(), 1_000, "test")) {
                    producer.send(new ProducerRecord<>(topics.parameters(), record.key(), record.value()));
                }
            }
        }
        return topics;
    }

    private ModelServer server(Topics topics, double share) throws Exception {
        return server(topics, share, UnknownKeys.ERROR);
    }

    private ModelServer server(Topics topics, double share, UnknownKeys unknown) throws Exception {
        ModelServer server = ModelServer.start(ServerOptions.of(broker.bootstrapServers())
                .withPrefix(topics.prefix())
                .withKafka(Map.of("max.block.ms", "60000", "delivery.timeout.ms", "60000"))
                .withAddress("127.0.0.1", 0)
                .withServing(new ServerOptions.Serving(
                        unknown, Map.of("shops", "all"), VersionLimits.DEFAULT, null, List.of(), false))
                .withWriting(new ServerOptions.Writing(null, new ServerOptions.Answers(topics.answers(), share))));
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            URI uri = URI.create("http://127.0.0.1:" + server.port() + "/v2/models/shops/ready");
            return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode()
                    == 200;
        });
        return server;
    }

    private JsonObject infer(ModelServer server, String model, String body) throws Exception {
        return post(server, "/v2/models/" + model + "/infer", body);
    }

    private JsonObject post(ModelServer server, String path, String body) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonObject(response.body());
    }
}
