package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trains on vectors, in several epochs, in random orders, and with holdouts. Catches an
 * epoch that differs from a plain loop, and rows that are held out in one epoch and learned in another.
 */
class TrainEpochsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MASKS = """
        name: masks
        label: mask*
        outputs: 9
        features: {dense: {field: pixel*, length: 9}}
        loss: binary-cross-entropy
        optimizer: {type: rmsprop, learningRate: 0.02}
        evaluation: {window: 500}
        """;
    private static final String LINE = """
        name: line
        label: y
        features: {numeric: [a], dense: {field: x*, length: 3}}
        loss: mean-squared-error
        optimizer: {type: sgd, learningRate: 0.05}
        """;

    @TempDir
    Path directory;

    @Test
    void a_model_of_many_outputs_learns_image_masks_like_a_plain_loop() throws Exception {
        List<String> rows = masks(800);
        String yaml = MASKS + "batch: {size: 7}\n";
        Path test = write("test.csv", masks(1000).subList(800, 1001), rows.get(0));
        Run run = train(yaml, rows, "--test", test.toString(), "--learner-threads", "2");
        JsonNode report = report();
        assertThat(report.get("parametersSha256").asText())
                .isEqualTo(new PlainLoop(ModelSpec.parse(yaml), rows).parametersSha256());
        assertThat(report.get("samples").asLong()).isEqualTo(800);
        assertThat(report.get("epochs").asInt()).isEqualTo(1);
        assertThat(report.get("test").get("samples").asLong()).isEqualTo(201);
        assertThat(report.get("test").get("loss").asDouble())
                .isLessThan(report.get("test").get("baselineLoss").asDouble());
        assertThat(report.get("test").get("accuracy").asDouble()).isBetween(0.7, 1.0);
        assertThat(run.out()).contains("test " + test + ": 201 samples, loss 0.");
    }

    @Test
    void shuffled_epochs_stop_early_by_the_holdout_loss() throws Exception {
        String yaml = LINE + """
            batch: {size: 16}
            epochs: 6
            shuffle: true
            holdout: 0.2
            earlyStopping: {patience: 1, minimumImprovement: 0.5}
            """;
        List<String> rows = lines(500);
        LearnerState expected = new PlainLoop(ModelSpec.parse(yaml), rows).run();
        Run run = train(yaml, rows);
        JsonNode first = report();
        assertThat(first.get("parametersSha256").asText())
                .isEqualTo(new PlainLoop(ModelSpec.parse(yaml), rows).parametersSha256());
        assertThat(expected.epochProgress().stopped()).isTrue();
        long heldOut = first.get("heldOut").asLong();
        assertThat(heldOut).isBetween(60L, 140L);
        assertThat(first.get("epochs").asInt()).isEqualTo(2);
        assertThat(first.get("samples").asLong()).isEqualTo(2 * (500 - heldOut)).isEqualTo(expected.samples());
        assertThat(first.get("rejected").asLong()).isZero();
        assertThat(run.out()).contains("epochs stopped after 2 of 6");

        train(yaml, rows);
        assertThat(report().get("parametersSha256")).isEqualTo(first.get("parametersSha256"));
        train(yaml, rows, "--epochs", "1");
        assertThat(report().get("samples").asLong()).isEqualTo(500 - heldOut);
        train(yaml.replace("shuffle: true", "shuffle: false"), rows);
        assertThat(report().get("parametersSha256")).isNotEqualTo(first.get("parametersSha256"));
        assertThat(report().get("heldOut").asLong()).isEqualTo(heldOut);
    }

    /**
     * Catches epochs computed from the samples learned: with duplicates, an epoch learns fewer than the file has rows.
     */
    @Test
    void counts_epochs_that_drop_duplicates() throws Exception {
        List<String> plain = lines(200);
        List<String> rows = new ArrayList<>(List.of(plain.get(0) + ",id"));
        for (int i = 1; i <= 200; i++) {
            rows.add(plain.get(i) + ",r" + (i + 1) / 2);
        }
        Run run = train(LINE + """
            id: id
            deduplicate: 1h
            epochs: 9
            holdout: 0.2
            earlyStopping: {patience: 1, minimumImprovement: 10}
            """, rows);
        JsonNode report = report();
        assertThat(report.get("samples").asLong())
                .isEqualTo(2 * (100 - report.get("heldOut").asLong() / 2));
        assertThat(report.get("epochs").asInt()).isEqualTo(2);
        assertThat(report.get("stoppedAfterEpochs").asInt()).isEqualTo(2);
        assertThat(run.out()).contains("epochs stopped after 2 of 9");
    }

    @Test
    void passes_a_full_batch_once_and_learns_it_in_every_epoch() throws Exception {
        String yaml = LINE + "batch: {size: full}\nepochs: 30\n";
        List<String> rows = lines(400);
        train(yaml, rows);
        JsonNode report = report();
        assertThat(report.get("parametersSha256").asText())
                .isEqualTo(new PlainLoop(ModelSpec.parse(yaml), rows).parametersSha256());
        assertThat(report.get("samples").asLong()).isEqualTo(30 * 400);
        assertThat(report.get("updates").asLong()).isEqualTo(30);
        assertThat(report.get("epochs").asInt()).isEqualTo(30);
    }

    @Test
    void a_keyed_model_predicts_test_rows_by_their_key() throws Exception {
        String yaml = LINE + "key: k\n";
        List<String> rows = new ArrayList<>(List.of("a,x0,x1,x2,y,k"));
        List<String> plain = lines(300);
        for (int i = 1; i <= 300; i++) {
            rows.add(plain.get(i) + "," + (i % 3 == 0 ? "north" : "south"));
        }
        Path test = write(
                "test.csv",
                List.of("1,1,1,1,1,north", "1,1,1,1,1,west", "1,1,1,1,1,south", "1,1,oh,1,1,south"),
                rows.get(0));
        Run run = train(yaml, rows, "--test", test.toString());
        JsonNode result = report().get("test");
        assertThat(result.get("samples").asLong()).isEqualTo(2);
        assertThat(result.get("rejected").asLong()).isEqualTo(2);
        assertThat(run.out()).contains(", 2 rejected; first: row 2: k: west (expected: a key that was learned)");
    }

    /** Catches a run whose result depends on the clock. */
    @Test
    void all_rows_have_one_event_time() throws Exception {
        List<String> rows = new ArrayList<>(List.of("a,x0,x1,x2,y,k"));
        List<String> plain = lines(4000);
        for (int i = 1; i <= 4000; i++) {
            rows.add(plain.get(i) + ",k" + i % 3);
        }
        String yaml = LINE + "key: k\nepochs: 2\n";
        train(yaml + "batch: {size: 64}\n", rows);
        JsonNode expected = report();
        String timed = yaml + "batch: {size: 64, maxDelayMillis: 1}\ndeduplicate: 1ms\ntimeToLive: 1ms\n";
        String saved = directory.resolve("saved").toString();
        for (List<String> more :
                List.of(List.<String>of(), List.of("--learner-threads", "3"), List.of("--save", saved))) {
            train(timed, rows, more.toArray(String[]::new));
            for (String field : List.of("parametersSha256", "samples", "updates")) {
                assertThat(report().get(field)).as(field + more).isEqualTo(expected.get(field));
            }
        }
        String input = directory.resolve("input.csv").toString();
        Run replay = Run.of("replay", "line", "--key", "k1", "--against", saved, "--input", input);
        assertThat(replay.out()).as(replay.err()).contains("\nidentical: ");
    }

    @Test
    void rejects_an_unreadable_test_file_before_anything_starts() throws Exception {
        Path spec = Files.writeString(directory.resolve("spec.yaml"), LINE);
        Path input = write("input.csv", lines(3).subList(1, 4), lines(3).get(0));
        Path test = write("test.csv", List.of("1"), "a");
        Run run = Run.of("train", "--spec", spec.toString(), "--input", input.toString(), "--test", test.toString());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("freshet: " + test + ": no column y (expected: ");
    }

    private Run train(String yaml, List<String> rows, String... more) throws IOException {
        Path spec = Files.writeString(directory.resolve("spec.yaml"), yaml);
        Path input = write("input.csv", rows.subList(1, rows.size()), rows.get(0));
        List<String> arguments =
                new ArrayList<>(List.of("train", "--spec", spec.toString(), "--input", input.toString()));
        arguments.addAll(List.of("--report", directory.resolve("report.json").toString()));
        arguments.addAll(List.of(more));
        Run run = Run.of(arguments.toArray(String[]::new));
        assertThat(run.code()).as(run.err()).isZero();
        return run;
    }

    private JsonNode report() throws IOException {
        return JSON.readTree(directory.resolve("report.json").toFile());
    }

    private Path write(String name, List<String> rows, String header) throws IOException {
        return Files.writeString(directory.resolve(name), header + "\n" + String.join("\n", rows) + "\n");
    }

    /** Images of 3 x 3 whose mask covers bright pixels, and pixels to the right of very bright ones. */
    private static List<String> masks(int count) {
        SplittableRandom random = new SplittableRandom(5);
        List<String> rows = new ArrayList<>();
        rows.add(IntStream.range(0, 18)
                .mapToObj(i -> i < 9 ? "pixel" + i : "mask" + (i - 9))
                .collect(Collectors.joining(",")));
        for (int row = 0; row < count; row++) {
            int[] pixels = random.ints(9, 0, 256).toArray();
            String image = IntStream.of(pixels)
                    .mapToObj(p -> Double.toString(p / 256.0))
                    .collect(Collectors.joining(","));
            String mask = IntStream.range(0, 9)
                    .mapToObj(i -> pixels[i] > 150 || (i % 3 > 0 && pixels[i - 1] > 240) ? "1" : "0")
                    .collect(Collectors.joining(","));
            rows.add(image + "," + mask);
        }
        return rows;
    }

    private static List<String> lines(int count) {
        SplittableRandom random = new SplittableRandom(6);
        List<String> rows = new ArrayList<>(List.of("a,x0,x1,x2,y"));
        for (int i = 0; i < count; i++) {
            double a = random.nextInt(100) / 100.0;
            double x = random.nextInt(100) / 100.0;
            double y = 2 * a - x + random.nextInt(50) / 100.0;
            rows.add(a + "," + x + "," + random.nextInt(10) / 10.0 + ",1.5," + y);
        }
        return rows;
    }
}
