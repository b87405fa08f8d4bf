package io.freshet.cli.predict;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.cli.Run;
import io.freshet.learning.encode.FeatureEncoder;
import io.freshet.learning.features.Row;
import io.freshet.learning.features.RowLayout;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.predict.Predictor;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.SnapshotFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch predictions of a file that differ from those of the server, or that are not in the rows of the input. */
@Timeout(60)
class FilePredictionTest {
    private static final String X = "features: {numeric: [x], standardize: false}, ";
    private static final long SEED = 7;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "label: y, loss: mean-squared-error | 1 2 | row,prediction | 1,7.0",
                "label: [y, z], outputs: 2, loss: huber | 1 3 2 0 | row,prediction_y,prediction_z | 1,7.0,3.0",
                "label: v, outputs: 2, loss: huber | 1 3 2 0 | row,prediction_0,prediction_1 | 1,7.0,3.0",
                "label: y, loss: binary-cross-entropy | 0 0 | row,class,probability_0,probability_1 | 1,1,0.5,0.5",
                "label: y, labels: [no, 'a \"b\", c'], loss: binary-cross-entropy | 0 0"
                        + " | row,class,probability_no,\"probability_a \"\"b\"\", c\" | 1,\"a \"\"b\"\", c\",0.5,0.5",
                "label: [y, z], outputs: 2, loss: binary-cross-entropy | 0 0 0 0"
                        + " | row,class_y,class_z,probability_y,probability_z | 1,1,1,0.5,0.5",
                "label: y, loss: hinge | -5 2 | row,class,score | 1,1,1.0",
                "label: y, outputs: 2, loss: sparse-categorical-cross-entropy | 0 0 0 0"
                        + " | row,class,probability_0,probability_1 | 1,0,0.5,0.5",
                "label: y, labels: [cat, dog], loss: sparse-categorical-cross-entropy | 0 0 0 0"
                        + " | row,class,probability_cat,probability_dog | 1,cat,0.5,0.5",
                "label: m*, outputs: 2, loss: dice | 0 -99 0 0 | row,mask,probabilities | 1,true false,0.5 0.0",
                "label: [a, b, c, d], outputs: 4, loss: box-iou | 0 1 2 3 0 0 0 0 | row,box | 1,0.0 1.0 2.0 3.0",
            })
    void writes_the_columns_of_each_loss(String yaml, String parameters, String header, String line) throws Exception {
        ModelSpec spec = ModelSpec.parse("{name: m, " + X + yaml + "}");
        List<Float> numbers =
                Arrays.stream(parameters.split(" ")).map(Float::valueOf).toList();
        Path snapshot = save(snapshot(spec, "", numbers));

        Run run = predict(snapshot, write("new.csv", "x", "3"));

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.outLines().get(0)).isEqualTo(header);
        assertThat(run.outLines().get(1).replaceFirst("[0-9.E-]+$", "")).isEqualTo(line.replaceFirst("[0-9.E-]+$", ""));
        assertThat(run.outLines()).hasSize(2);
        assertThat(run.err()).doesNotContain("test ");
    }

    @Test
    void predicts_the_rows_of_the_model_or_all_of_a_file_without_the_field_that_selects_them() throws Exception {
        ModelSpec spec =
                ModelSpec.parse("{name: m, " + X + "label: y, loss: mean-squared-error, when: {field: t, equals: a}}");
        Path snapshot = save(snapshot(spec, "", List.of(1f, 2f)));
        Run mixed = predict(snapshot, write("mixed.csv", "x,t,y", "3,a,7", "bad,b,none", "4,a,8"));
        assertThat(mixed.outLines()).containsExactly("row,prediction", "1,7.0", "3,9.0");
        assertThat(mixed.err())
                .containsPattern("predicted 2 rows in .*, 1 skipped\\R")
                .doesNotContain("freshet:");
        Run others = predict(snapshot, write("others.csv", "x,t", "3,b", "4,c"));
        assertThat(others.outLines()).containsExactly("row,prediction");
        assertThat(others.err())
                .containsPattern("predicted 0 rows in .*, 2 skipped\\R")
                .contains("freshet: no row is selected by when of model m");
        assertThat(predict(snapshot, write("own.csv", "x", "3", "4")).outLines())
                .containsExactly("row,prediction", "1,7.0", "2,9.0");
    }

    @Test
    void writes_the_classes_of_each_step_of_a_sequence() throws Exception {
        ModelSpec spec =
                ModelSpec.parse("{name: words, label: tags, features: {tokens: [text], hashBits: 4}, outputs: 2,"
                        + " model: {type: sequence, steps: 4}, loss: sequence-cross-entropy}");
        Path snapshot = save(new Learner(spec).snapshot(new Learner(spec).start(), ""));

        Run run = predict(snapshot, write("texts.jsonl", "{\"text\": \"a\"}", "{\"text\": [\"b\", \"c\"]}"));

        assertThat(run.outLines().get(0)).isEqualTo("row,class,probabilities");
        assertThat(run.outLines().get(1)).matches("1,[01],0\\.\\d+ 0\\.\\d+");
        assertThat(run.outLines().get(2)).matches("2,[01] [01],(0\\.\\d+ ?){4}");
    }

    /** The server predicts up to 256 rows of a request together, which matters for the last bits of a network. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "loss: mean-squared-error",
                "loss: binary-cross-entropy, model: {type: factorization-machine}",
                "loss: sparse-categorical-cross-entropy, outputs: 3, model: {type: embedding-mlp, hidden: [16]}",
            })
    void predictions_have_the_bits_of_the_server(String yaml) throws Exception {
        ModelSpec spec = ModelSpec.parse("{name: m, label: y, weight: w, features: {numeric: [a, b], categorical: [c],"
                + " hashBits: 8, missing: mean}, " + yaml + "}");
        RowLayout layout = RowLayout.of(List.of(spec));
        FeatureEncoder encoder = new FeatureEncoder(spec, layout);
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        Random random = new Random(SEED);
        List<String> lines = new ArrayList<>(List.of("c,a,b"));
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            Row row = new Row(layout);
            double a = random.nextGaussian();
            String c = "c" + random.nextInt(20);
            row.number(layout.number("a"), a);
            row.number(layout.number("y"), random.nextInt(2));
            row.number(layout.number("w"), 1);
            row.copyText(layout.text("c"), c);
            if (i % 3 == 0) {
                row.number(layout.number("b"), i);
            }
            learner.learn(state, encoder.encode(row, 0, i));
            samples.add(encoder.encodeFeatures(row));
            lines.add(c + "," + a + "," + (i % 3 == 0 ? i : ""));
        }
        Snapshot snapshot = learner.snapshot(state, "");

        Run run = predict(save(snapshot), write("new.csv", lines.toArray(String[]::new)));

        assertThat(run.code()).as(run.err()).isZero();
        float[][] expected = new Predictor(snapshot).predict(samples);
        for (int i = 0; i < samples.size(); i++) {
            String[] fields = run.outLines().get(i + 1).split(",");
            for (int k = 0; k < expected[i].length; k++) {
                int column = fields.length - expected[i].length + k;
                assertThat(Float.parseFloat(fields[column])).as("row %d", i + 1).isEqualTo(expected[i][k]);
            }
        }
    }

    @Test
    void rejected_rows_keep_their_place_and_are_reported_like_those_of_train() throws Exception {
        Path input = write("new.csv", "id,x", "a,1", "\"b,c\",1e999", "d,3", "e,", "f,3e38");
        Path rejects = directory.resolve("rejects.csv");
        Path snapshot = save(snapshot(line(""), "", List.of(1f, 2f)));

        Run csv = predict(snapshot, input, "--keep=id", "--rejects=" + rejects, "--max-rejected=3");

        assertThat(csv.code()).as(csv.err()).isZero();
        assertThat(csv.outLines()).containsExactly("row,id,prediction", "1,a,3.0", "2,,", "3,d,7.0", "4,e,", "5,f,");
        assertThat(csv.err().lines().skip(1))
                .containsExactly(
                        "freshet: 3 of 5 rows rejected (60%)",
                        "  1 row, first row 2: x: 1e999 (expected: a number of magnitude up to 3.4e38)",
                        "  1 row, first row 4: x: missing (expected: a number)",
                        "  1 row, first row 5: prediction: Infinity (expected: finite; the inputs may be too large)",
                        "  to learn rows without x, set features.missing to mean, indicator, or zero");
        assertThat(Files.readAllLines(rejects))
                .containsExactly(
                        "freshet.reason,id,x",
                        "\"row 2: x: 1e999 (expected: a number of magnitude up to 3.4e38)\",\"b,c\",1e999",
                        "\"row 4: x: missing (expected: a number)\",e,",
                        "\"row 5: prediction: Infinity (expected: finite; the inputs may be too large)\",f,3e38");

        Run json = predict(snapshot, input, "--output=json");
        assertThat(json.code()).isEqualTo(1);
        assertThat(json.err()).contains("--max-rejected 10%: 3 of 5 rows rejected (60%), so the exit code is 1");
        assertThat(json.outLines())
                .startsWith(
                        "{\"row\":1,\"prediction\":3.0}",
                        "{\"row\":2,\"error\":\"x: 1e999 (expected: a number of magnitude up to 3.4e38)\"}")
                .hasSize(5);
    }

    @Test
    void each_row_is_predicted_with_the_parameters_of_its_key() throws Exception {
        ModelSpec spec = line(", key: k");
        Path snapshot = save(snapshot(spec, "A", List.of(1f, 2f)), snapshot(spec, "B", List.of(0f, -1f)));
        Path input = write("new.csv", "k,x", "A,1", "B,1", "C,1", ",1", "A,2");

        Run run = predict(snapshot, input, "--keep=k", "--max-rejected=40%");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.outLines()).containsExactly("row,k,prediction", "1,A,3.0", "2,B,-1.0", "3,C,", "4,,", "5,A,5.0");
        assertThat(run.err())
                .contains("1 row, first row 3: k: C (expected: a key that was learned)")
                .contains("1 row, first row 4: k: a text of 0 bytes (expected: a key of 1 to 1024 bytes of UTF-8)");
    }

    @Test
    void rows_with_a_label_are_scored_whether_all_have_one_or_some() throws Exception {
        Path snapshot = save(snapshot(line(""), "", List.of(1f, 2f)));

        assertThat(predict(snapshot, write("all.csv", "y,x", "4,1", "5,2")).err())
                .contains("test " + directory.resolve("all.csv") + ": 2 samples, loss 0.5000, ")
                .doesNotContain("rejected");
        Run some = predict(snapshot, write("some.csv", "x,y", "1,4", "2,", "3,1e39"));
        assertThat(some.outLines()).containsExactly("row,prediction", "1,3.0", "2,5.0", "3,7.0");
        assertThat(some.err()).contains(": 1 sample, loss 1.0000, ", ", 2 rejected; first: row 2: y: missing");
        assertThat(predict(snapshot, write("none.jsonl", "{\"x\": 1}", "{\"x\": 2, \"z\": 3}"))
                        .err())
                .doesNotContain("test ");
    }

    @Test
    void reads_what_train_reads_and_writes_the_format_of_the_file_name() throws Exception {
        Path snapshot = save(snapshot(line(""), "", List.of(1f, 2f)));
        write("day-1.csv", "x;id", "1;a");
        try (var out = new GZIPOutputStream(Files.newOutputStream(directory.resolve("day-2.csv")))) {
            out.write("x;id\n2;b\tc\n".getBytes(UTF_8));
        }
        Path tsv = directory.resolve("out.tsv");

        Run run = predict(snapshot, directory.resolve("day-*.csv"), "--keep=id", "--output=" + tsv);

        assertThat(run.err()).contains("day-1.csv: delimiter semicolon (detected)", "predicted 2 rows in ");
        assertThat(run.out()).isEmpty();
        assertThat(Files.readAllLines(tsv)).containsExactly("row\tid\tprediction", "1\ta\t3.0", "2\t\"b\tc\"\t5.0");

        assertThat(predict(
                                snapshot,
                                directory.resolve("day-1.csv"),
                                directory.resolve("day-2.csv").toString())
                        .outLines())
                .containsExactly("row,prediction", "1,3.0", "2,5.0");

        Path json = directory.resolve("out.JSON.gz");
        predict(snapshot, directory.resolve("day-1.csv"), "--keep=x,id", "--output=" + json);
        try (var in = new GZIPInputStream(Files.newInputStream(json))) {
            assertThat(new String(in.readAllBytes(), UTF_8))
                    .isEqualTo("{\"row\":1,\"x\":\"1\",\"id\":\"a\",\"prediction\":3.0}\n");
        }
        ModelSpec sparse = ModelSpec.parse(
                "{name: s, label: clicked, features: {sparse: [features], hashBits: 4}, loss: mean-squared-error}");
        Path libsvm = write("new.svm", "0 1:2 5:1", "0 3:1");
        assertThat(predict(save(new Learner(sparse).snapshot(new Learner(sparse).start(), "")), libsvm)
                        .outLines())
                .containsExactly("row,prediction", "1,0.0", "2,0.0");
    }

    @Test
    void names_the_option_or_the_column_that_is_wrong() throws Exception {
        Path snapshot = save(snapshot(line(""), "", List.of(1f, 2f)));
        Path input = write("new.csv", "x1,y", "1,2");

        assertThat(predict(snapshot, input).err()).contains("new.csv: no column x (expected: x1?; columns: x1, y)");
        assertThat(predict(snapshot, write("a.csv", "x,date", "1,2"), "--keep=dat")
                        .err())
                .contains("a.csv: no column dat (expected: date?; columns: x, date)");
        assertThat(predict(snapshot, input, "--output=out.parquet").err())
                .startsWith("freshet: --output: out.parquet (expected: a name that ends with .csv, ");
        assertThat(predict(snapshot, write("b.csv", "x", "1"), "--output=" + directory.resolve("b.csv"))
                        .err())
                .contains("b.csv (expected: a file other than --input)");
        assertThat(directory.resolve("b.csv")).hasContent("x\n1\n");
        assertThat(predict(snapshot, input, "--server=http://localhost").err())
                .startsWith("freshet: --server: given (expected: only without --snapshot)");
        assertThat(Run.of("predict", "m", "x=1", "--keep=x").err())
                .startsWith("freshet: --keep: given (expected: only with --snapshot)");
        assertThat(Run.of("predict", "m", "x=1", "--output=out.parquet").err())
                .startsWith("freshet: --output: out.parquet (expected: a name that ends with .csv, ");
        assertThat(Run.of("predict", "--snapshot=" + snapshot, "x=1").err())
                .startsWith("freshet: x=1: no such file (expected: files; NAME=VALUE asks a server)");
        assertThat(predict(directory.resolve("none.snapshot"), input).err())
                .contains("none.snapshot (expected: a snapshot file, <model>, or <model>@<version>)");
        assertThat(predict(snapshot, write("c.csv", "x", "1", "2", "\"3")).err())
                .contains("c.csv: not CSV after row 2: ");
        assertThat(Run.of("predict", "--snapshot=" + snapshot).err())
                .startsWith("freshet: predict --snapshot: no input (expected: --input FILE)");
        Path two = save(snapshot(line(""), "", List.of(1f, 2f)), snapshot(line(", key: k"), "A", List.of(1f, 2f)));
        assertThat(predict(two, input)).satisfies(run -> {
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains("(expected: of one model and specification)");
        });
    }

    private static ModelSpec line(String yaml) {
        return ModelSpec.parse("{name: m, label: y, " + X + "loss: mean-squared-error" + yaml + "}");
    }

    private static Snapshot snapshot(ModelSpec spec, String key, List<Float> parameters) {
        Learner learner = new Learner(spec);
        LearnerState state = learner.start();
        float[] numbers = new float[parameters.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = parameters.get(i);
        }
        state.weights().set(numbers);
        return learner.snapshot(state, key);
    }

    private Path save(Snapshot... snapshots) throws IOException {
        SnapshotCodec codec = new SnapshotCodec();
        Path file = directory.resolve("m.snapshot");
        SnapshotFile.write(
                file,
                Arrays.stream(snapshots)
                        .map(snapshot -> codec.publish(snapshot, SnapshotCodec.NO_PARENT, "samples", 0, "test"))
                        .toList());
        return file;
    }

    private Path write(String name, String... lines) throws IOException {
        return Files.writeString(directory.resolve(name), String.join("\n", lines) + "\n");
    }

    private static Run predict(Path snapshot, Path input, String... more) {
        List<String> arguments = new ArrayList<>(List.of("predict", "--snapshot=" + snapshot, "--input=" + input));
        arguments.addAll(List.of(more));
        return Run.of(arguments.toArray(String[]::new));
    }
}
