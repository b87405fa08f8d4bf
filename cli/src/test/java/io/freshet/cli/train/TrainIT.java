package io.freshet.cli.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.Freshet;
import io.freshet.cli.Run;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotFile;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs {@code freshet train} end to end. */
class TrainIT extends TrainRun {
    private static final Path EXAMPLES = Path.of("..", "examples");

    @Test
    void learns_the_rows_in_order_with_any_number_of_threads() throws Exception {
        Path spec = Files.writeString(directory.resolve("shops.yaml"), SPEC);
        Path input = Files.writeString(directory.resolve("shops.csv"), String.join("\n", rows(3000)));
        JsonNode one = train(spec, input, "--learner-threads", "1");
        JsonNode two = train(spec, input, "--learner-threads", "2");
        assertThat(one.get("parametersSha256")).isEqualTo(two.get("parametersSha256"));
        assertThat(one.get("parametersSha256").asText()).isEqualTo(oracle(3000));
        assertThat(one.get("samples").asLong()).isEqualTo(3000);
        assertThat(one.get("updates").asLong()).isEqualTo(3000);
        assertThat(one.get("version").asLong()).isEqualTo(3000);
        assertThat(one.get("parameterCount").asLong()).isEqualTo(1 + 2 + 256);
        assertThat(one.get("rejected").asLong()).isZero();
        assertThat(one.get("windows")).hasSize(6);
        assertThat(one.get("mae").isNull()).isTrue();
        assertThat(one.get("accuracy").asDouble()).isBetween(0.5, 1.0);
        assertThat(one.get("logLoss").asDouble())
                .isLessThan(one.get("baselineLoss").asDouble());
    }

    @Test
    void learns_the_same_bits_with_any_number_of_learner_threads() throws Exception {
        String network = SPEC.replace("hashBits: 8}", "hashBits: 8}\nmodel: {type: embedding-mlp, hidden: [512, 256]}");
        Path spec = Files.writeString(directory.resolve("shops.yaml"), network + "batch: 64");
        Path input = Files.writeString(directory.resolve("shops.csv"), String.join("\n", rows(3000)));
        JsonNode one = train(spec, input, "--learner-threads", "1");
        JsonNode three = train(spec, input, "--learner-threads", "3");
        for (String field : List.of("parametersSha256", "samples", "updates", "loss", "windows")) {
            assertThat(three.get(field)).as(field).isEqualTo(one.get(field));
        }
    }

    @Test
    void keys_learn_the_same_bits_on_any_number_of_threads() throws Exception {
        Path spec = Files.writeString(directory.resolve("shops.yaml"), SPEC + "key: Shop\nbatch: 7\nepochs: 3\n");
        Path input = Files.writeString(directory.resolve("shops.csv"), String.join("\n", rows(3000)));
        JsonNode one = train(spec, input, "--learner-threads", "1");
        JsonNode five = train(spec, input, "--learner-threads", "5");
        for (String field : List.of("parametersSha256", "samples", "updates", "version", "keys", "loss", "windows")) {
            assertThat(five.get(field)).as(field).isEqualTo(one.get(field));
        }
    }

    @ParameterizedTest
    @CsvSource({"''", "'key: Shop'"})
    void the_lane_changes_nothing_else(String more) throws Exception {
        Path input = Files.writeString(directory.resolve("shops.csv"), String.join("\n", rows(3000)));
        Path eager = Files.writeString(directory.resolve("eager.yaml"), SPEC + more);
        Path committed =
                Files.writeString(directory.resolve("committed.yaml"), SPEC + "publish: {lane: committed}\n" + more);
        JsonNode expected = train(eager, input);
        JsonNode report = train(committed, input, "--save", saved().toString());

        for (String field : List.of("parametersSha256", "samples", "updates", "version", "keys", "loss", "windows")) {
            assertThat(report.get(field)).as(field).isEqualTo(expected.get(field));
        }
        List<PublishedSnapshot> snapshots = SnapshotFile.read(saved());
        assertThat(snapshots.stream()
                        .mapToLong(snapshot -> snapshot.snapshot().version())
                        .sum())
                .isEqualTo(3000);
    }

    @Test
    void learns_the_rows_of_standard_input() throws Exception {
        Path spec = Files.writeString(directory.resolve("shops.yaml"), SPEC);
        Path report = directory.resolve("report.json");
        Process train = freshet(
                "-Xmx256m", "train", "--spec=" + spec, "--input=-", "--format=csv", "--epochs=2", "--report=" + report);
        try (Writer rows = train.outputWriter()) {
            rows.write(String.join("\n", rows(100)));
        }
        String output = new String(train.getInputStream().readAllBytes(), UTF_8);
        assertThat(train.waitFor()).as(output).isZero();
        assertThat(JSON.readTree(report.toFile()).get("samples").asLong()).isEqualTo(200);
    }

    /** Would catch a run that waits forever for a learner without memory, and one that ends with a stack trace. */
    @Test
    void keys_that_do_not_fit_into_the_heap_end_the_run_with_the_remedy() throws Exception {
        Path spec = Files.writeString(
                directory.resolve("shops.yaml"), SPEC.replace("hashBits: 8", "hashBits: 14") + "key: Shop\n");
        List<String> rows = new ArrayList<>(rows(4_000));
        for (int i = 1; i < rows.size(); i++) {
            rows.set(i, rows.get(i).replaceAll("north|south|east|west", "shop" + i));
        }
        Path input = Files.writeString(directory.resolve("shops.csv"), String.join("\n", rows));
        Process train = freshet("-Xmx64m", "train", "--spec=" + spec, "--input=" + input);
        String output = new String(train.getInputStream().readAllBytes(), UTF_8);
        assertThat(train.waitFor()).as(output).isNotZero();
        assertThat(output)
                .contains("freshet: heap: 64 MB (expected: room for the models of all keys; raise it with"
                        + " FRESHET_JAVA_OPTIONS=-Xmx..., or learn the rows with freshet dev --state-backend rocksdb,"
                        + " which keeps models on disk)")
                .doesNotContain("\tat ");
    }

    private static Process freshet(String heap, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Freshet.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /** Catches a loss of 0 where no sample has a weight. */
    @Test
    void windows_runs_and_tests_without_weight_have_no_metrics() throws Exception {
        Path spec = Files.writeString(
                directory.resolve("shops.yaml"), SPEC.replace("window: 500", "window: 10") + "weight: w\n");
        List<String> plain = rows(40);
        List<String> some = new ArrayList<>(List.of(plain.get(0) + ",w"));
        List<String> none = new ArrayList<>(some);
        for (int i = 1; i <= 40; i++) {
            some.add(plain.get(i) + (i > 20 && i <= 30 ? ",2" : ",0"));
            none.add(plain.get(i) + ",0");
        }
        Path input = Files.writeString(directory.resolve("some.csv"), String.join("\n", some));
        Path unweighted = Files.writeString(directory.resolve("none.csv"), String.join("\n", none));

        JsonNode report = train(spec, input, "--test", unweighted.toString());
        assertThat(report.get("windows"))
                .extracting(window -> window.get("loss").isNull())
                .containsExactly(true, true, false, true);
        assertThat(report.get("loss")).isEqualTo(report.get("windows").get(2).get("loss"));
        assertThat(report.get("test").get("samples").asLong()).isEqualTo(40);
        assertThat(report.get("test").get("loss").isNull()).isTrue();

        Run run = run(spec, unweighted);
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode nothing = JSON.readTree(directory.resolve("report.json").toFile());
        assertThat(nothing.get("samples").asLong()).isEqualTo(40);
        for (String metric : List.of("loss", "baselineLoss", "accuracy", "logLoss", "auc", "calibration")) {
            assertThat(nothing.get(metric).isNull()).as(metric).isTrue();
        }
        assertThat(nothing.get("windows"))
                .allSatisfy(window -> assertThat(window.get("loss").isNull()).isTrue());
        assertThat(run.out()).containsPattern("shops +40( +-){7}");
    }

    /** The label is inverted from the middle of the stream on. */
    @Test
    void events_are_printed_when_detected_and_are_in_the_report() throws Exception {
        Path spec = Files.writeString(directory.resolve("drift.yaml"), """
                name: drift
                label: y
                features: {numeric: [x], standardize: false}
                loss: binary-cross-entropy
                optimizer: {type: sgd, learningRate: 0.5}
                schedule: {type: step, gamma: 0.5, every: 1000}
                clip: {norm: 0.25}
                holdout: 0.2
                evaluation: {window: 200}
                watch: {drift: adwin, divergence: 5}
                """);
        List<String> lines = new ArrayList<>(List.of("x,y"));
        for (int i = 0; i < 3000; i++) {
            lines.add((i * 7 % 10 < 5 ? "-1," : "1,") + (i * 7 % 10 < 5 == i < 1500 ? 0 : 1));
        }
        Path input = Files.writeString(directory.resolve("drift.csv"), String.join("\n", lines));
        Path reportFile = directory.resolve("drift.json");

        Run run = Run.of(
                "train", "--spec", spec.toString(), "--input", input.toString(), "--report", reportFile.toString());

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("layer    shape  parameters")
                .contains("(1 weight, 1 bias)")
                .containsPattern("drift \\(adwin\\) at sample 1,[23]\\d\\d: loss 0\\.\\d+ -> \\d")
                .containsPattern("divergence at sample 1,[24]00: loss 0\\.\\d+ -> \\d");
        JsonNode report = JSON.readTree(Files.readString(reportFile));
        assertThat(report.get("events").findValuesAsText("kind")).contains("drift", "divergence");
        JsonNode events = report.get("events");
        assertThat(events.get(0).get("sample").asLong())
                .as("the loss falls, at first")
                .isLessThan(1_000);
        JsonNode drift = null;
        for (JsonNode event : events) {
            drift = event.get("kind").asText().equals("drift")
                            && drift == null
                            && event.get("sample").asLong() > 1_000
                    ? event
                    : drift;
        }
        assertThat(drift).isNotNull();
        assertThat(drift.get("detector").asText()).isEqualTo("adwin");
        assertThat(drift.get("sample").asLong()).isBetween(1_100L, 1_400L);
        assertThat(drift.get("before").asDouble()).isLessThan(drift.get("after").asDouble());
        assertThat(report.get("stoppedAfterEpochs").isNull()).isTrue();
        JsonNode first = report.get("windows").get(0);
        assertThat(first.get("learningRate").asDouble()).isEqualTo(0.5);
        assertThat(first.get("gradientNorm").asDouble()).isPositive();
        assertThat(first.get("updateNorm").asDouble()).isBetween(0.001, 0.5 * 0.25 + 1e-6);
        assertThat(first.get("clippedShare").asDouble()).isBetween(0.001, 1.0);
        assertThat(first.get("rejectedShare").asDouble()).isZero();
        assertThat(first.get("calibration").asDouble()).isBetween(0.8, 1.2);
        assertThat(first.get("holdoutLoss").asDouble()).isPositive();
        assertThat(first.get("epoch").asInt()).isZero();
        assertThat(report.get("windows").get(7).get("learningRate").asDouble()).isEqualTo(0.25);
    }

    @Test
    void a_second_epoch_continues_from_the_first() throws Exception {
        Path spec = Files.writeString(directory.resolve("shops.yaml"), SPEC);
        Path input = Files.writeString(directory.resolve("shops.csv"), String.join("\n", rows(500)));
        List<String> twice = new ArrayList<>(rows(500));
        twice.addAll(rows(500).subList(1, 501));
        Path doubled = Files.writeString(directory.resolve("doubled.csv"), String.join("\n", twice));
        assertThat(train(spec, input, "--epochs", "2").get("parametersSha256"))
                .isEqualTo(train(spec, doubled).get("parametersSha256"));
    }

    @Test
    void flights_beat_any_constant_prediction() throws Exception {
        JsonNode whole = train(EXAMPLES.resolve("delays.yaml"), EXAMPLES.resolve("flights.csv.gz"));
        assertThat(whole.get("samples").asLong()).isEqualTo(100_000);
        assertThat(whole.get("baselineLoss").asDouble() - whole.get("logLoss").asDouble())
                .isGreaterThan(0.01);
        JsonNode keyed = train(EXAMPLES.resolve("delays-by-origin.yaml"), EXAMPLES.resolve("flights.csv.gz"));
        assertThat(keyed.get("samples").asLong()).isEqualTo(100_000);
        assertThat(keyed.get("version").asLong()).isEqualTo(100_000);
        assertThat(keyed.get("keys").asInt()).isGreaterThan(200);
        assertThat(keyed.get("logLoss").asDouble())
                .isLessThan(keyed.get("baselineLoss").asDouble());
    }
}
