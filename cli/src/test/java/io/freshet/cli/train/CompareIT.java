package io.freshet.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import io.freshet.learning.spec.OptimizerTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Catches variants that affect each other in the run they share, or that learn differently than in separate runs. */
@Timeout(180)
class CompareIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SPEC = """
            name: shops
            label: sold
            features: {numeric: [price], categorical: [shop], hashBits: 8}
            loss: binary-cross-entropy
            optimizer: {type: rmsprop, learningRate: 0.05, decay: 0.8}
            evaluation: {window: 500}
            """;

    @TempDir
    Path directory;

    @Test
    void variants_learn_the_same_side_by_side_as_alone() throws Exception {
        Path spec = Files.writeString(directory.resolve("shops.yaml"), SPEC);
        List<String> rows = rows(3000);
        rows.add(11, "two,north,1");
        Path input = Files.writeString(directory.resolve("shops.csv"), String.join("\n", rows));
        Path plot = directory.resolve("plot.svg");
        Path report = directory.resolve("report.json");

        Run run = Run.of(
                "compare",
                "--spec=" + spec,
                "--input=" + input,
                "--vary=optimizer=sgd,rmsprop",
                "--vary=batch.size=1,8",
                "--learner-threads=2",
                "--plot=" + plot,
                "--report=" + report);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err())
                .contains("freshet: 1 of 3,001 rows rejected (0.03%)")
                .contains("  1 row, first row 11: price: two (expected: a number)");
        JsonNode comparison = JSON.readTree(report.toFile());
        List<JsonNode> variants = StreamSupport.stream(
                        comparison.get("variants").spliterator(), false)
                .toList();
        List<String> names =
                List.of("shops.sgd.size-1", "shops.sgd.size-8", "shops.rmsprop.size-1", "shops.rmsprop.size-8");
        assertThat(variants)
                .extracting(variant -> variant.get("variant").asText())
                .isEqualTo(names);
        assertThat(names).contains(comparison.get("best").asText());
        List<String> lines = run.outLines();
        assertThat(lines.get(0)).contains("variant", "samples", "loss", "last window", "accuracy", "auc");
        for (int i = 0; i < names.size(); i++) {
            JsonNode training = variants.get(i).get("training");
            assertThat(training.get("samples").asLong()).isEqualTo(3000);
            assertThat(training.get("rejected").asLong()).isEqualTo(1);
            assertThat(training.get("updates").asLong()).isEqualTo(i % 2 == 0 ? 3000 : 375);
            assertThat(training.get("windows")).hasSize(6);
            // A batch of 8 ends windows of 504 samples, and the input cuts the last one short.
            assertThat(variants.get(i).get("lastWindowLoss"))
                    .isEqualTo(training.get("windows").get(i % 2 == 0 ? 5 : 4).get("loss"));
            assertThat(lines.get(i + 1)).contains(names.get(i)).contains("3,000");
            assertThat(lines.get(i + 1).startsWith("*"))
                    .isEqualTo(names.get(i).equals(comparison.get("best").asText()));
        }
        assertThat(lines).last().isEqualTo("plot " + plot);
        assertThat(Files.readString(plot)).contains(names).contains("shops: loss by optimizer and batch.size");

        String sgd = SPEC.replace("type: rmsprop, learningRate: 0.05, decay: 0.8", "type: sgd, learningRate: 0.05");
        assertThat(sha256(variants.get(0))).isEqualTo(trainedAlone(sgd, input));
        assertThat(sha256(variants.get(1))).isEqualTo(trainedAlone(sgd + "batch: {size: 8}\n", input));
        assertThat(sha256(variants.get(2))).isEqualTo(trainedAlone(SPEC, input));
        assertThat(variants.stream().map(CompareIT::sha256).distinct()).hasSize(4);
    }

    @Test
    void each_epoch_of_a_full_batch_is_a_whole_window() throws Exception {
        Path spec = Files.writeString(directory.resolve("shops.yaml"), SPEC + "batch: {size: full}\nepochs: 3\n");
        Path input = Files.writeString(directory.resolve("shops.csv"), String.join("\n", rows(100)));
        Run run = Run.of(
                "compare",
                "--spec=" + spec,
                "--input=" + input,
                "--vary=optimizer.learningRate=0.05,0.5",
                "--plot=" + directory.resolve("plot.svg"),
                "--output=json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(JSON.readTree(run.out()).get("variants")).hasSize(2).allSatisfy(variant -> {
            JsonNode windows = variant.get("training").get("windows");
            assertThat(windows).hasSize(3);
            assertThat(variant.get("lastWindowLoss")).isEqualTo(windows.get(2).get("loss"));
        });
    }

    @Test
    void compares_keyed_variants_and_draws_a_png() throws Exception {
        Path spec = Files.writeString(
                directory.resolve("shops.yaml"), SPEC.replace("window: 500", "window: 100") + "key: shop\n");
        Path input = Files.writeString(directory.resolve("shops.csv"), String.join("\n", rows(1000)));
        Path plot = directory.resolve("plot.png");
        Run run = Run.of(
                "compare",
                "--spec=" + spec,
                "--input=" + input,
                "--vary=optimizer.learningRate=0.05,0.5",
                "--plot=" + plot,
                "--output=json");
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode variants = JSON.readTree(run.out()).get("variants");
        assertThat(variants).hasSize(2).allSatisfy(variant -> {
            assertThat(variant.get("training").get("keys").asInt()).isEqualTo(4);
            assertThat(variant.get("training").get("version").asLong()).isEqualTo(1000);
        });
        assertThat(ImageIO.read(plot.toFile()).getWidth()).isGreaterThan(1000);
    }

    /** Catches a run that fails at its end, and a variant that wins because it learned nothing. */
    @Test
    void a_variant_that_holds_out_all_samples_has_no_metrics_and_is_not_the_best() throws Exception {
        Path spec = Files.writeString(directory.resolve("shops.yaml"), SPEC);
        Path input = Files.writeString(directory.resolve("shops.csv"), String.join("\n", rows(49)));
        Path plot = directory.resolve("plot.svg");
        Path report = directory.resolve("report.json");
        Run run = Run.of(
                "compare",
                "--spec=" + spec,
                "--input=" + input,
                "--vary=holdout=0.99999,0",
                "--plot=" + plot,
                "--report=" + report);
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode comparison = JSON.readTree(report.toFile());
        assertThat(comparison.get("best").asText()).isEqualTo("shops.holdout-0");
        JsonNode none = comparison.get("variants").get(0);
        assertThat(none.get("lastWindowLoss").isNull()).isTrue();
        assertThat(none.get("training").get("samples").asLong()).isZero();
        for (String metric : List.of("loss", "baselineLoss", "accuracy", "logLoss", "auc")) {
            assertThat(none.get("training").get(metric).isNull()).as(metric).isTrue();
        }
        assertThat(run.outLines().get(1)).matches(" +shops\\.holdout-0\\.99999 +0( +-)+");
        assertThat(Files.readString(plot)).contains("shops.holdout-0.99999");
    }

    @Test
    void marks_a_variant_that_diverged_and_gives_the_reason() throws Exception {
        Path spec = Files.writeString(directory.resolve("counts.yaml"), """
                name: counts
                label: n
                features: {numeric: [x], standardize: false}
                loss: poisson
                optimizer: {type: sgd, learningRate: 1e-9}
                """);
        List<String> rows = new ArrayList<>(List.of("x,n"));
        for (int i = 0; i < 600; i++) {
            rows.add(i % 7 * 40 - 120 + "," + i % 2000);
        }
        Path input = Files.writeString(directory.resolve("counts.csv"), String.join("\n", rows));
        Run run = Run.of(
                "compare",
                "--spec=" + spec,
                "--input=" + input,
                "--vary=optimizer.learningRate=1e-9,0.5",
                "--plot=" + directory.resolve("plot.svg"));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("best by loss: counts.learningRate-1e-9");
        assertThat(run.outLines().get(2)).containsPattern("counts\\.learningRate-0\\.5 .* \\d+ rows rejected");
        assertThat(run.err())
                .containsPattern(
                        "freshet: counts\\.learningRate-0\\.5: (gradients of|the loss diverged at sample) [\\w ,]+;"
                                + " lower optimizer\\.learningRate, now 0\\.5, or set clip\\.norm, or standardize the features")
                .doesNotContain("learningRate-1e-9: gradients", "learningRate-1e-9: the loss")
                .containsPattern("freshet: counts\\.learningRate-0\\.5: \\d+ of 600 rows rejected \\(\\d+\\.?\\d*%\\)")
                .containsPattern("\\d+ rows, first row \\d+: gradient: not finite");
    }

    @Test
    void rejects_invalid_comparisons_before_anything_starts() throws Exception {
        Path spec = Files.writeString(directory.resolve("shops.yaml"), SPEC);
        Path input = Files.writeString(directory.resolve("shops.csv"), String.join("\n", rows(10)));
        assertThat(errorOf(spec, input, "--vary=optimizer=sgd,adagarb"))
                .isEqualTo("freshet: " + spec + ": shops.adagarb: optimizer.type: adagarb (expected: one of "
                        + String.join(", ", OptimizerTable.ALL.names()) + "; did you mean adagrad?)");
        assertThat(errorOf(spec, input, "--vary=epochs=1,2")).contains("epochs: differs between");
        assertThat(errorOf(spec, input, "--vary=batch.size=1,full")).contains("batch.size: differs between");
        assertThat(errorOf(spec, input, "--vary=label=sold,gone")).contains("no column gone");
        assertThat(errorOf(spec, input, "--vary=seed=1", "--plot=" + directory.resolve("plot.gif")))
                .contains("plot.gif: unknown chart format");
        assertThat(errorOf(spec, input, "--vary=seed=1", "--plot=" + directory.resolve("no/plot.svg")))
                .contains("plot.svg: cannot be written");
        assertThat(directory).isDirectoryNotContaining("glob:**.{svg,png,gif}");
    }

    private String trainedAlone(String yaml, Path input) throws IOException {
        Path spec = Files.writeString(directory.resolve("trainedAlone.yaml"), yaml);
        Run run = Run.of("train", "--spec=" + spec, "--input=" + input, "--output=json");
        assertThat(run.code()).as(run.err()).isZero();
        return JSON.readTree(run.out()).get("parametersSha256").asText();
    }

    private static String sha256(JsonNode variant) {
        return variant.get("training").get("parametersSha256").asText();
    }

    private static String errorOf(Path spec, Path input, String... more) {
        List<String> arguments = new ArrayList<>(List.of("compare", "--spec=" + spec, "--input=" + input));
        arguments.addAll(List.of(more));
        Run run = Run.of(arguments.toArray(String[]::new));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().lines()).hasSize(1);
        return run.err().strip();
    }

    private static List<String> rows(int count) {
        SplittableRandom random = new SplittableRandom(11);
        List<String> rows = new ArrayList<>();
        rows.add("price,shop,sold");
        List<String> shops = List.of("north", "south", "east", "west");
        for (int i = 0; i < count; i++) {
            double price = random.nextInt(1000) / 100.0;
            int shop = random.nextInt(4);
            int sold = price + shop + random.nextDouble() * 4 < 8 ? 1 : 0;
            rows.add(price + "," + shops.get(shop) + "," + sold);
        }
        return rows;
    }
}
