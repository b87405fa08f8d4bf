package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches a training that rejects most rows and looks like a success. */
@Timeout(180)
class RejectedRowsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String COUNTS = """
            name: counts
            label: n
            features: {numeric: [x], standardize: false}
            loss: poisson
            optimizer: {type: sgd, learningRate: 0.5}
            """;
    private static final String SIGNS = """
            name: signs
            label: y
            features: {numeric: [x]}
            loss: binary-cross-entropy
            """;

    @TempDir
    Path directory;

    /** Each of the two rows after the invalid one is rejected in both epochs, and counts once. */
    @Test
    void a_diverged_model_fails_with_the_reason_and_writes_everything_else() throws Exception {
        List<String> rows = new ArrayList<>(List.of("x,n"));
        rows.add("1,one");
        IntStream.range(0, 300).forEach(i -> rows.add(i % 7 * 40 - 120 + "," + (i * 37 % 2000)));
        Path input = write("counts.csv", rows);
        Path rejects = directory.resolve("rejects.csv");
        Path report = directory.resolve("report.json");
        Run run = train(COUNTS + "shuffle: true\n", input, "--epochs=2", "--rejects=" + rejects, "--report=" + report);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines())
                .anyMatch(line -> line.matches("freshet: --max-rejected 10%: \\d+ of 301 rows rejected .*"))
                .contains("  1 row, first row 1: n: one (expected: a number)")
                .anyMatch(line ->
                        line.matches("freshet: .*; lower optimizer\\.learningRate, now .*, or set clip\\.norm.*"))
                .anyMatch(line -> line.matches("  \\d+ rows, first row \\d+: gradient: not finite or too large .*"));
        assertThat(run.out()).contains("parametersSha256");
        JsonNode rejections = JSON.readTree(report.toFile()).get("rejections");
        assertThat(rejections.get(0).get("rows").asLong()).isEqualTo(1);
        long byGradient = rejections.get(1).get("rows").asLong();
        assertThat(byGradient).isBetween(31L, 300L);
        List<String> lines = Files.readAllLines(rejects);
        assertThat(lines.get(0)).isEqualTo("freshet.reason,x,n");
        assertThat(lines.get(1)).isEqualTo("\"row 1: n: one (expected: a number)\",1,one");
        assertThat(lines).hasSize((int) byGradient + 2);
        for (String line : lines.subList(2, lines.size())) {
            int row = Integer.parseInt(line.replaceFirst("\"row (\\d+): gradient.*", "$1"));
            assertThat(line).endsWith("\"," + rows.get(row));
        }
    }

    @Test
    void counts_rows_by_field_and_expectation_and_fails_above_the_given_number() throws Exception {
        List<String> rows = new ArrayList<>(List.of("x,y"));
        IntStream.range(0, 100).forEach(i -> rows.add(i % 10 + "," + i % 2));
        rows.set(11, "two,1");
        rows.set(12, "three,1");
        rows.set(13, "3,7");
        Path input = write("signs.csv", rows);
        assertThat(train(SIGNS, input).code()).isZero();
        assertThat(train(SIGNS, input, "--max-rejected=3").code()).isZero();
        Run run = train(SIGNS, input, "--max-rejected=2");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err().lines().filter(line -> !line.contains("samples/s")))
                .containsSequence(
                        "freshet: 3 of 100 rows rejected (3%)",
                        "  2 rows, first row 11: x: two (expected: a number)",
                        "  1 row, first row 13: y: 7.0 (expected: in [0, 1]; for more classes, set loss: sparse-categorical-cross-entropy and outputs: N)",
                        "freshet: --max-rejected 2: 3 of 100 rows rejected (3%), so the exit code is 1");
        assertThat(train(SIGNS, input, "--max-rejected=some").err())
                .contains("some (expected: a share like 1%, or a number of rows)");
    }

    @Test
    void a_row_without_the_key_of_its_model_is_reported() throws Exception {
        List<String> rows = new ArrayList<>(List.of("x,k,y"));
        IntStream.range(0, 20).forEach(i -> rows.add(i + "," + (i == 7 ? "" : "a") + "," + i % 2));
        Run run = train(SIGNS + "key: k\n", write("keys.csv", rows), "--output=json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("1 of 20 rows rejected (5%)").contains("  1 row, first row 8: k: ");
        assertThat(JSON.readTree(run.out()).get("rejected").asLong()).isEqualTo(1);
    }

    /** 2 of 12 rows are more than a tenth, however many rows of other kinds the file has. */
    @Test
    void the_limit_is_a_share_of_the_rows_that_the_model_selects() throws Exception {
        List<String> rows = new ArrayList<>(List.of("kind,x,y"));
        IntStream.range(0, 100).forEach(i -> rows.add("other,text,"));
        IntStream.range(0, 12).forEach(i -> rows.add("own," + (i < 2 ? "none" : i) + "," + i % 2));
        Path input = write("kinds.csv", rows);
        Path spec = Files.writeString(directory.resolve("kinds.yaml"), SIGNS + "when: {field: kind, equals: own}\n");
        Run run = Run.of(
                "compare",
                "--spec=" + spec,
                "--input=" + input,
                "--vary=optimizer=sgd,adam",
                "--plot=" + directory.resolve("plot.svg"));
        assertThat(run.code()).as(run.err()).isEqualTo(1);
        assertThat(run.err())
                .contains("freshet: --max-rejected 10%: 2 of 12 rows rejected")
                .contains("  2 rows, first row 101: x: none (expected: a number; if none means missing, ");
    }

    /** Rows without a label are no class that the model never learns. */
    @Test
    void words_for_missing_labels_are_rejected_without_a_remedy() throws Exception {
        List<String> rows = new ArrayList<>(List.of("x,y"));
        IntStream.range(0, 1000).forEach(i -> rows.add(i + "," + (i % 50 == 0 ? "NA" : "" + i % 2)));
        Run run = train(SIGNS, write("unlabeled.csv", rows));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("  20 rows, first row 1: y: NA (expected: a number)");
    }

    @Test
    void keeps_rejected_rows_of_several_files_with_their_delimiter() throws Exception {
        write("day-2.csv", List.of("x;y", "1;0", "2;\"b;c\""));
        write("day-1.csv", List.of("x;y", "1;1", "a;0"));
        Path rejects = directory.resolve("rejects.csv");
        Run run = train(SIGNS, directory.resolve("day-*.csv"), "--rejects=" + rejects, "--max-rejected=2");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).contains("day-1.csv: delimiter semicolon (detected)");
        assertThat(Files.readAllLines(rejects))
                .containsExactly(
                        "freshet.reason;x;y",
                        "\"row 2: x: a (expected: a number)\";a;0",
                        "\"row 4: y: b;c (expected: a number; list the names of classes in labels)\";2;\"b;c\"");
    }

    @Test
    void keeps_rejected_rows_in_the_format_of_the_input() throws Exception {
        Path jsonl = write("rows.jsonl", List.of("{\"x\":1,\"y\":0}", "{\"x\":2,\"y\":\"a\"}", "oops", "{}"));
        Path rejects = directory.resolve("rejects");
        train(SIGNS, jsonl, "--rejects=" + rejects);
        assertThat(Files.readAllLines(rejects)).hasSize(3);
        List<JsonNode> objects = new ArrayList<>();
        for (String line : Files.readAllLines(rejects)) {
            objects.add(JSON.readTree(line));
        }
        assertThat(objects.get(0).get("x").asInt()).isEqualTo(2);
        assertThat(objects.get(0).get("freshet.reason").asText()).startsWith("row 2: y: ");
        assertThat(objects.get(1).get("freshet.row").asText()).isEqualTo("oops");
        assertThat(objects.get(2).get("freshet.reason").asText()).startsWith("row 4: ");

        Path libsvm = write("rows.svm", List.of("1 1:2", "7 1:3", "0 1:4"));
        String sparse = "name: s\nlabel: label\nfeatures: {sparse: [features], hashBits: 4}\nloss: hinge\n";
        train(sparse, libsvm, "--rejects=" + rejects);
        assertThat(Files.readAllLines(rejects))
                .containsExactly(
                        "7 1:3 # row 2: label: 7.0 (expected: 0 or 1; for more classes, set loss: sparse-categorical-cross-entropy and outputs: N)");
    }

    @Test
    void labels_of_minus_one_and_one_are_learned_as_0_and_1_with_one_notice() throws Exception {
        List<String> signs = new ArrayList<>(List.of("x,y"));
        List<String> bits = new ArrayList<>(List.of("x,y"));
        for (int i = 0; i < 60; i++) {
            signs.add(i * 7 % 11 + "," + (i % 3 == 0 ? "-1" : "1"));
            bits.add(i * 7 % 11 + "," + (i % 3 == 0 ? "0" : "1"));
        }
        Run minus = train(SIGNS, write("signs.csv", signs), "--output=json");
        assertThat(minus.code()).as(minus.err()).isZero();
        assertThat(minus.err().lines().filter(line -> line.contains("y: -1")))
                .containsExactly("freshet: y: -1 is read as 0 (binary-cross-entropy has the labels 0 and 1)");
        Run zero = train(SIGNS, write("bits.csv", bits), "--output=json");
        assertThat(zero.err()).doesNotContain("is read as");
        assertThat(JSON.readTree(minus.out()).get("parametersSha256"))
                .isEqualTo(JSON.readTree(zero.out()).get("parametersSha256"));
    }

    private Path write(String name, List<String> lines) throws Exception {
        return Files.writeString(directory.resolve(name), String.join("\n", lines));
    }

    private Run train(String yaml, Path input, String... more) throws Exception {
        Path spec = Files.writeString(directory.resolve("spec.yaml"), yaml);
        List<String> arguments = new ArrayList<>(List.of("train", "--spec=" + spec, "--input=" + input));
        arguments.addAll(List.of(more));
        return Run.of(arguments.toArray(String[]::new));
    }
}
