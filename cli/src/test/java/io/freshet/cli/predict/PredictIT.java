package io.freshet.cli.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.server.ModelServer;
import io.freshet.server.ServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Catches a kind of model whose outputs the command cannot print. */
@Timeout(120)
class PredictIT {
    /** Parameters by specification: the bias of each output, then the weights of x. */
    private static final Map<String, float[]> PARAMETERS = Map.of(
            "{name: number, label: y, features: {numeric: [x]}, loss: mean-squared-error}",
            new float[] {1, 2},
            "{name: two, label: [y, z], features: {numeric: [x]}, outputs: 2, loss: huber}",
            new float[] {1, 3, 2, 0},
            "{name: label, label: y, features: {numeric: [x]}, loss: binary-cross-entropy}",
            new float[] {0, 0},
            "{name: margin, label: y, features: {numeric: [x]}, loss: hinge}",
            new float[] {-5, 2},
            "{name: class, label: y, features: {numeric: [x]}, outputs: 3, loss: sparse-categorical-cross-entropy}",
            new float[] {0, 0, 0, 0, 2, 1},
            "{name: mask, label: m*, features: {numeric: [x]}, outputs: 3, loss: dice}",
            new float[] {1, -1, 0, 0, 0, 1},
            "{name: box, label: [a, b, c, d], features: {numeric: [x]}, outputs: 4, loss: box-iou}",
            new float[] {0, 1, 2, 3, 0, 0, 0, 0},
            "{name: keyed, label: y, key: k, features: {numeric: [x]}, loss: mean-squared-error}",
            new float[] {1, 2});

    @TempDir
    private static Path directory;

    private static EmbeddedKafka broker;
    private static ModelServer server;

    @BeforeAll
    static void start() throws Exception {
        broker = EmbeddedKafka.start(directory.resolve("kafka"));
        Topics topics = Topics.of(Topics.DEFAULT_PREFIX);
        assertThat(Run.of("topics", "create", "--bootstrap-servers", broker.bootstrapServers())
                        .code())
                .isZero();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            PARAMETERS.forEach((yaml, parameters) -> publish(
                    producer, topics, ModelSpec.parse(yaml.replace("[x]}", "[x], standardize: false}")), parameters));
            publish(
                    producer,
                    topics,
                    ModelSpec.parse("{name: words, label: tags, features: {tokens: [text], hashBits: 4}, outputs: 2, "
                            + "model: {type: sequence, steps: 4}, loss: sequence-cross-entropy}"),
                    null);
            publish(
                    producer,
                    topics,
                    ModelSpec.parse(
                            "{name: gaps, label: y, features: {numeric: [x], standardize: false, missing: zero},"
                                    + " loss: mean-squared-error}"),
                    new float[] {7, 2});
            publish(
                    producer,
                    topics,
                    ModelSpec.parse("{name: many, label: y, features: {numeric: [x]}, outputs: 25,"
                            + " loss: sparse-categorical-cross-entropy}"),
                    null);
        }
        server = ModelServer.start(ServerOptions.of(broker.bootstrapServers()).withAddress("127.0.0.1", 0));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(predict("words", "text=a").err()).isEmpty());
    }

    private static void publish(
            KafkaProducer<byte[], byte[]> producer, Topics topics, ModelSpec spec, float[] parameters) {
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        if (parameters != null) {
            state.weights().set(parameters);
        }
        String key = spec.fields().key() == null ? "" : "K";
        new SnapshotCodec()
                .write(learner.snapshot(state, key), topics.samples(), 1_000, "test")
                .forEach(record ->
                        producer.send(new ProducerRecord<>(topics.parameters(), record.key(), record.value())));
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        broker.close();
    }

    /** Would catch a word for a missing number that the command rejects although the model accepts it, or the reverse. */
    @Test
    void the_server_decides_which_words_stand_for_a_missing_number() throws Exception {
        assertThat(predict("gaps", "x=NA").done().outLines().get(1)).startsWith("1,7.0,");
        assertThat(predict("gaps", "x=two").err()).contains("x: \"two\" (expected: a number)");
        assertThat(predict("number", "x=NA").err()).contains("x: NA (expected: a number)");
        Path rows = Files.writeString(directory.resolve("gaps.csv"), "x\n1\nNA\n\"\"\nnull\ntwo\n");
        Run run = predict("gaps", "--input", rows.toString());
        assertThat(run.outLines().stream().map(line -> line.split(",", -1)[1]))
                .startsWith("prediction", "9.0", "7.0", "7.0", "7.0");
        assertThat(run.err())
                .contains("row 5: ", "x: \"two\" (expected: a number)")
                .doesNotContain("row 4: ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "number | prediction                                      | 7.0",
                "two    | prediction_y,prediction_z                       | 7.0,3.0",
                "label  | class,probability_0,probability_1               | 1,0.5,0.5",
                "margin | class,score                                     | 1,1.0",
                "class  | class,probability_0,probability_1,probability_2 | 1,0.002355633,0.9503302,0.047314152",
                "mask   | mask,probabilities              | true false true,0.7310586 0.26894143 0.95257413",
                "box    | box                                             | 0.0 1.0 2.0 3.0",
            })
    void prints_the_columns_of_each_loss_and_the_version(String model, String columns, String values) {
        Run run = predict(model, "x=3", "--output", "csv").done();

        assertThat(run.outLines()).containsExactly("row," + columns + ",version,age_seconds", "1," + values + ",0,");
    }

    @Test
    void the_published_parameters_of_a_model_predict_a_file_as_the_server_does() throws Exception {
        Path rows = Files.writeString(directory.resolve("rows.csv"), "x\n3\n0.1\n-7\n");

        for (String model : List.of("number", "two", "label", "margin", "class", "mask", "box")) {
            assertThat(served(model, rows)).isEqualTo(predictOffline(model, rows));
        }
    }

    /** Would catch a hint to an option of another command. */
    @Test
    void names_no_option_that_it_lacks_for_the_classes_left_out() throws Exception {
        Path rows = Files.writeString(directory.resolve("classes.csv"), "x,y\n3,0\n1,24\n");

        Run run = Run.of(
                "predict", "--snapshot=many", "--input=" + rows, "--bootstrap-servers=" + broker.bootstrapServers());
        assertThat(run.done().err().lines()).contains("5 more classes");
    }

    private static List<String> predictOffline(String model, Path rows) {
        return Run.of(
                        "predict",
                        "--snapshot=" + model,
                        "--input=" + rows,
                        "--output=json",
                        "--bootstrap-servers=" + broker.bootstrapServers())
                .done()
                .outLines();
    }

    private static List<String> served(String model, Path rows) {
        return predict(model, "--input=" + rows, "--output=json").done().outLines().stream()
                .map(line -> line.replace(",\"version\":0,\"age_seconds\":null}", "}"))
                .toList();
    }

    @Test
    void prints_the_prediction_of_a_key_and_its_version() {
        assertThat(predict("keyed", "k=K", "x=3", "--output", "json").out().strip())
                .isEqualTo("{\"row\":1,\"prediction\":7.0,\"version\":0,\"age_seconds\":null}");
        assertThat(predict("keyed", "k=L", "x=3").err()).contains("L");
    }

    @Test
    void a_row_with_an_unknown_key_fails_alone() throws Exception {
        Path rows = Files.writeString(directory.resolve("keys.csv"), "k,x\nK,3\nL,3\nK,4\n");

        Run run = predict("keyed", "--input", rows.toString());

        assertThat(run.outLines())
                .containsExactly("row,prediction,version,age_seconds", "1,7.0,0,", "2,,,", "3,9.0,0,");
        assertThat(run.err()).contains("row 2: model keyed, k: \"L\" (expected: a key that the model has learned)");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void rows_with_unknown_keys_fail_even_if_no_row_of_a_request_has_a_known_one() throws Exception {
        Path rows = Files.writeString(directory.resolve("unknown.csv"), "k,x\nL,3\nM,3\n");

        Run run = predict("keyed", "--input", rows.toString());

        assertThat(run.outLines()).containsExactly("row,prediction,version,age_seconds", "1,,,", "2,,,");
        assertThat(run.err()).contains("row 1: model keyed, k: \"L\"").contains("row 2: model keyed, k: \"M\"");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void an_unknown_model_and_a_wrong_token_are_one_line() throws Exception {
        Path rows = Files.writeString(directory.resolve("three.csv"), "x\n1\n2\n3\n");
        Path token = Files.writeString(directory.resolve("token"), "wrong");

        Run unknown = predict("nobody", "--input", rows.toString());
        assertThat(unknown.err().lines()).singleElement().asString().startsWith("freshet: " + url() + ": HTTP 404: ");
        assertThat(unknown.code()).isEqualTo(1);

        try (ModelServer secured = ModelServer.start(ServerOptions.of(broker.bootstrapServers())
                .withAddress("127.0.0.1", 0)
                .withToken("right"))) {
            String url = "http://127.0.0.1:" + secured.port();
            String[] arguments = {"predict", "--server", url, "number", "--input", rows.toString()};
            Run without = Run.of(arguments);
            assertThat(without.err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("freshet: " + url + ": HTTP 401: ")
                    .endsWith(" (expected: --token-file)");
            String[] wrong = Arrays.copyOf(arguments, arguments.length + 2);
            wrong[arguments.length] = "--token-file";
            wrong[arguments.length + 1] = token.toString();
            assertThat(Run.of(wrong).err().lines())
                    .singleElement()
                    .asString()
                    .startsWith("freshet: " + url + ": HTTP 401: ");
        }
    }

    @Test
    void prints_a_class_for_each_word_without_padding() throws Exception {
        Path texts = Files.writeString(directory.resolve("texts.csv"), "text\na\na b c d\nc d\n");

        List<String> lines =
                predict("words", "--input", texts.toString()).done().outLines();

        assertThat(lines.stream().skip(1).map(line -> line.split(",")[1].split(" ").length))
                .containsExactly(1, 4, 2);
        assertThat(lines.stream().skip(1).map(line -> line.split(",")[2].split(" ").length))
                .containsExactly(2, 8, 4);
        assertThat(lines.stream().skip(1).flatMap(line -> Arrays.stream(line.split(",")[1].split(" "))))
                .containsAnyOf("0", "1")
                .isSubsetOf("0", "1");
    }

    @Test
    void a_table_for_people_has_the_class_its_probability_and_the_version() {
        assertThat(predict("class", "x=3", "--output", "text").done().outLines())
                .containsExactly(
                        "row  class  probability  version  age_seconds", "1    1      0.9503       0        -");
    }

    @Test
    void explains_with_the_largest_contributions_first() {
        assertThat(predict("number", "x=3", "--explain", "--output", "text")
                        .done()
                        .outLines())
                .containsExactly(
                        "row  prediction  version  age_seconds  contributions",
                        "1    7.0         0        -            x +6.00, bias +1.00");
        assertThat(predict("two", "x=3", "--explain", "--output", "csv").done().outLines())
                .containsExactly(
                        "row,prediction_y,prediction_z,version,age_seconds,contributions_y,contributions_z",
                        "1,7.0,3.0,0,,\"{\"\"x\"\":6.0,\"\"bias\"\":1.0}\",\"{\"\"bias\"\":3.0,\"\"x\"\":0.0}\"");
        assertThat(predict("keyed", "k=K", "x=3", "--explain", "--output", "json")
                        .out()
                        .strip())
                .isEqualTo("{\"row\":1,\"prediction\":7.0,\"version\":0,\"age_seconds\":null,"
                        + "\"contributions\":{\"x\":6.0,\"bias\":1.0}}");
        assertThat(predict("words", "text=a", "--explain").err()).contains("expected: false for a model of sequences");
    }

    private static Run predict(String model, String... arguments) {
        List<String> all = new ArrayList<>(List.of("predict", "--server", url(), model));
        all.addAll(List.of(arguments));
        return Run.of(all.toArray(String[]::new));
    }

    private static String url() {
        return "http://127.0.0.1:" + server.port();
    }
}
