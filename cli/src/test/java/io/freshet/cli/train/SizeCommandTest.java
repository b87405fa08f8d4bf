package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import io.freshet.cli.input.Format;
import io.freshet.cli.input.InputException;
import io.freshet.cli.input.RowFiles;
import io.freshet.learning.spec.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Catches figures that do not follow from the model, such as bytes of one key for those of all. */
class SizeCommandTest {
    private static final int PARAMETERS = 2000;
    private static final Duration BRIEFLY = Duration.ofMillis(1);

    @TempDir
    Path directory;

    private Path rows;

    @BeforeEach
    void writeRows() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            lines.add("{\"k\": \"" + i % 3 + "\", \"x\": [" + "1.5, ".repeat(PARAMETERS - 2) + i + "], \"y\": " + i % 2
                    + "}");
        }
        rows = Files.write(directory.resolve("rows.jsonl"), lines);
    }

    private static String yaml(String key) {
        return "{name: m, label: y, " + key + "features: {dense: {field: x, length: " + (PARAMETERS - 1)
                + "}}, loss: binary-cross-entropy, optimizer: adagrad}";
    }

    /** Returns a model without a key that learns the rows. */
    private LearnedModels models() throws Exception {
        ModelSpec spec = ModelSpec.parse(yaml(""));
        SampleRecords samples = SampleRecords.read(new RowFiles(List.of(rows), Format.JSON_LINES, null), spec);
        return new LearnedModels(spec, samples.records());
    }

    private String[] arguments(String key, String... more) throws Exception {
        List<String> all = new ArrayList<>(List.of(
                "size",
                "--spec",
                Files.writeString(directory.resolve("spec.yaml"), yaml(key)).toString(),
                "--input",
                rows.toString(),
                "--seconds",
                "1"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static Run run(String... arguments) {
        return Run.of(arguments);
    }

    private static JsonNode json(String... arguments) throws Exception {
        return new ObjectMapper().readTree(run(arguments).done().out());
    }

    @Test
    void bytes_follow_from_the_parameters_and_the_slots() throws Exception {
        JsonNode size = json(arguments("key: k, ", "--keys", "1000", "--rate", "500", "--output", "json"));
        double numbers = 1000.0 * Float.BYTES * PARAMETERS;
        // Metrics and scores of a key.
        double others = 1000.0 * 8192;
        assertThat(size.get("parameters").asInt()).isEqualTo(PARAMETERS);
        // Other tests in this JVM may allocate and free some megabytes meanwhile.
        assertThat(size.get("jobHeapBytes").asDouble()).isBetween(3 * numbers, 2 * (2 * numbers + 2 * others));
        assertThat(size.get("checkpointBytes").asDouble()).isBetween(2 * numbers, 2 * numbers + others);
        assertThat(size.get("snapshotBytes").asDouble()).isBetween(numbers, numbers + others);
        assertThat(size.get("serverHeapBytes").asDouble()).isBetween(numbers / 2, numbers + 2 * others);
        // Each key is due every 500 ms, but there are fewer samples than that.
        assertThat(size.get("snapshotsPerSecond").asDouble()).isCloseTo(500, within(1e-9));
        assertThat(size.get("cores").asInt()).isEqualTo(1);
    }

    @Test
    void one_model_cannot_learn_more_than_one_core_does() throws Exception {
        LearnedModels models = models();
        Population population = Population.of(models.learn(BRIEFLY), 16);
        double nanos = models.nanosPerSample(population, 1, BRIEFLY);
        ModelBytes bytes = ModelBytes.measure(models.learner(), population);
        Load load = new Load(models.learner().spec(), 1, 1e9);

        assertThat(new SizeReport(load, "rows", 8000, nanos, bytes).text())
                .contains("cores: not possible; a model without a key is learned by one core, here at most ");
    }

    @Test
    void rejects_what_does_not_fit_the_model() throws Exception {
        assertThat(run(arguments("", "--rate", "5", "--keys", "7")).err())
                .startsWith("freshet: --keys: 7 (expected: none, as model m has no key)");
        assertThat(run(arguments("key: k, ", "--rate", "5")).err())
                .startsWith("freshet: --keys: missing (expected: the number of values of k)");
        assertThat(run(arguments("", "--rate", "0")).err()).startsWith("freshet: --rate: 0.0 (expected: more than 0");
        Files.writeString(rows, "{\"k\": \"a\", \"x\": [1], \"y\": 1}");
        assertThatThrownBy(() -> models().learn(BRIEFLY))
                .isInstanceOf(InputException.class)
                .hasMessageStartingWith("model m: no sample learned (expected: rows like those of its topic;");
    }
}
