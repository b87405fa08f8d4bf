package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Trains the examples on the public data sets they were written for. Skipped unless the environment variable
 * FRESHET_DATA names a folder with these data sets.
 */
class DataSetsIT {
    private static final long SEED = 20261206;

    private static final String SPAMBASE =
            "make, address, all, num3d, our, over, remove, internet, order, mail, receive, will, people, "
                    + "report, addresses, free, business, email, you, credit, your, font, num000, money, hp, hpl, "
                    + "george, num650, lab, labs, telnet, num857, data, num415, num85, technology, num1999, parts, pm, "
                    + "direct, cs, meeting, original, project, re, edu, table, conference, charSemicolon, "
                    + "charRoundbracket, charSquarebracket, charExclamation, charDollar, charHash, capitalAve, "
                    + "capitalLong, capitalTotal";

    @Test
    void electricity_beats_repeating_the_previous_label() throws Exception {
        // Repeating the previous label is right in 85 of 100 rows.
        assertThat(train("electricity").get("accuracy").asDouble()).isGreaterThan(0.87);
    }

    @Test
    void diamonds_explains_most_of_the_variance_in_prices() throws Exception {
        JsonNode report = train("diamonds");
        assertThat(report.get("loss").asDouble())
                .isLessThan(0.2 * report.get("baselineLoss").asDouble());
    }

    @Test
    void shuttle_beats_the_largest_class() throws Exception {
        JsonNode report = train("shuttle");
        // Predicting the largest class is right in 79 of 100 rows.
        assertThat(report.get("accuracy").asDouble()).isGreaterThan(0.9);
        assertThat(report.get("logLoss").asDouble())
                .isLessThan(0.5 * report.get("baselineLoss").asDouble());
    }

    /** Bounds are what PyTorch reaches on the same stream, batch 32 in file order, and then on the test file. */
    @ParameterizedTest
    @CsvSource({"fashion-mnist-sgd, 0.76, 0.80", "fashion-mnist-rmsprop, 0.81, 0.83", "fashion-mnist, 0.82, 0.84"})
    void fashion_mnist_is_as_accurate_as_in_pytorch(String spec, double progressive, double after) throws Exception {
        JsonNode report = train(spec, "fashion_mnist.train.csv.gz", "fashion_mnist.test.csv.gz");
        assertThat(report.get("parameterCount").asLong()).isEqualTo(468_874);
        assertThat(report.get("accuracy").asDouble()).isGreaterThanOrEqualTo(progressive);
        assertThat(report.get("test").get("samples").asLong()).isEqualTo(10_000);
        assertThat(report.get("test").get("accuracy").asDouble()).isGreaterThanOrEqualTo(after);
    }

    @Test
    void banana_needs_a_network_and_a_linear_model_fails() throws Exception {
        assertThat(train("banana").get("accuracy").asDouble()).isGreaterThanOrEqualTo(0.85);
        // The larger class has 55 of 100 rows.
        assertThat(train("banana-linear", "banana.csv.gz", null).get("accuracy").asDouble())
                .isBetween(0.5, 0.6);
    }

    /** Bounds are what scikit-learn's linear models reach on the same streams. */
    @ParameterizedTest
    @CsvSource({"spambase, 0.906", "satellite, 0.877", "digits8x8, 0.935"})
    void other_data_sets_beat_plain_linear_models(String name, double accuracy) throws Exception {
        assertThat(train(name).get("accuracy").asDouble()).isGreaterThan(accuracy);
    }

    @Test
    void rcv1_classifies_unseen_articles() throws Exception {
        JsonNode report = train("rcv1_small", "rcv1_small.train.svm.gz", "rcv1_small.test.svm.gz");
        assertThat(report.get("accuracy").asDouble()).isGreaterThan(0.8);
        assertThat(report.get("test").get("accuracy").asDouble()).isGreaterThan(0.84);
    }

    @Test
    void a_network_halves_the_error_of_diamond_prices() throws Exception {
        double linear = train("diamonds").get("mae").asDouble();
        assertThat(train("diamonds-mlp", "diamonds.csv.gz", null).get("mae").asDouble())
                .isLessThan(0.6 * linear);
    }

    /** With the same features; losses are what version 9.11 reports with {@code --loss_function logistic} and no other option. */
    @ParameterizedTest
    @CsvSource({
        "electricity.csv.gz, price_up, 0.5535",
        "spambase.csv.gz, spam, 0.3310",
        "rcv1_small.train.svm.gz, label, 0.4294",
        "flights.csv.gz, delayed, 0.6673"
    })
    void normalized_adagrad_has_the_loss_of_vowpal_wabbit(
            String file, String label, double expected, @TempDir Path folder) throws IOException {
        Path spec = folder.resolve("spec.yaml");
        Files.writeString(spec, """
                name: m
                label: %s
                features: {%s}
                loss: binary-cross-entropy
                optimizer: normalized-adagrad
                """.formatted(label, plainFeatures(file)));
        assertThat(train(spec, file, null).get("loss").asDouble()).isCloseTo(expected, within(1e-4));
    }

    @ParameterizedTest
    @ValueSource(strings = {"normalized-adagrad", "scale-free"})
    void a_unit_for_each_feature_changes_no_loss(String optimizer, @TempDir Path folder) throws IOException {
        Path spec = folder.resolve("spec.yaml");
        Files.writeString(spec, """
                name: m
                label: spam
                features: {%s}
                loss: binary-cross-entropy
                optimizer: %s
                """.formatted(plainFeatures("spambase.csv.gz"), optimizer));
        double expected = train(spec, "spambase.csv.gz", null).get("loss").asDouble();
        Path scaled = folder.resolve("scaled.csv");
        scale(dataFolder().resolve("spambase.csv.gz"), scaled);
        assertThat(train(spec, scaled.toString(), null).get("loss").asDouble()).isCloseTo(expected, within(0.002));
    }

    /** Multiplies each feature by a constant from 0.001 to 1000. */
    private static void scale(Path from, Path to) throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(from)), StandardCharsets.UTF_8));
                PrintWriter out = new PrintWriter(Files.newBufferedWriter(to))) {
            String header = in.readLine();
            List<String> names = List.of(header.split(","));
            double[] factors = new double[names.size()];
            for (int i = 0; i < factors.length; i++) {
                factors[i] = names.get(i).equals("spam") ? 1 : Math.pow(10, random.nextDouble(-3, 3));
            }
            out.println(header);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] values = line.split(",");
                for (int i = 0; i < values.length; i++) {
                    values[i] =
                            factors[i] == 1 ? values[i] : String.valueOf(factors[i] * Double.parseDouble(values[i]));
                }
                out.println(String.join(",", values));
            }
        }
    }

    /** Returns features that are not standardized. With this many rows of parameters, few names share one. */
    private static String plainFeatures(String file) {
        return switch (file) {
            case "electricity.csv.gz" ->
                "numeric: [period, nswprice, nswdemand, vicprice, vicdemand, transfer], standardize: false";
            case "rcv1_small.train.svm.gz" -> "sparse: [features], hashBits: 24";
            case "flights.csv.gz" ->
                "numeric: [minute_of_day, day_of_week, distance_miles], standardize: false,"
                        + " categorical: [origin, destination], hashBits: 22";
            default -> "numeric: [" + SPAMBASE + "], standardize: false";
        };
    }

    private static JsonNode train(String name) throws IOException {
        return train(name, name + ".csv.gz", null);
    }

    private static JsonNode train(String name, String file, @Nullable String test) throws IOException {
        return train(Path.of("..", "examples", name + ".yaml"), file, test);
    }

    private static Path dataFolder() {
        String data = System.getenv("FRESHET_DATA");
        assumeThat(data).as("FRESHET_DATA, a folder of data sets").isNotNull();
        return Path.of(data == null ? "" : data);
    }

    private static JsonNode train(Path spec, String file, @Nullable String test) throws IOException {
        Path folder = dataFolder();
        assumeThat(Files.exists(folder.resolve(file)))
                .as("%s exists", folder.resolve(file))
                .isTrue();
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                "--spec",
                spec.toString(),
                "--input",
                folder.resolve(file).toString(),
                "--output",
                "json"));
        if (test != null) {
            arguments.addAll(List.of("--test", folder.resolve(test).toString()));
        }
        Run run = Run.of(arguments.toArray(new String[0]));
        assertThat(run.code()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }
}
