package io.freshet.benchmarks.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the benchmark as a user does, on few samples. Catches a variant that is missing or does not read all samples: the command
 * fails if the last snapshot does not contain every sample.
 */
@Timeout(300)
class BenchIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SAMPLES = 20_000;

    @TempDir
    Path directory;

    @Test
    void measures_all_variants_of_all_sets() throws Exception {
        Path report = directory.resolve("report.json");
        Path chart = directory.resolve("chart.svg");

        Run run = Run.of(
                "bench",
                "--set=flights,sparse,dense",
                "--rows=" + SAMPLES,
                "--rounds=1",
                "--warm-ups=0",
                "--vw=" + vowpalWabbit(),
                "--report=" + report,
                "--chart=" + chart);

        assertThat(run.code()).as(run.err()).isZero();
        List<String> variants = List.of("consume", "discard", "learn", "vw-text", "vw-cache");
        List<String> withDefaults =
                Stream.concat(variants.stream(), Stream.of("vw-defaults")).toList();
        assertThat(run.out()).contains("Vowpal Wabbit 9.99.0", "flights: 20,000 samples", "of discard");
        assertThat(run.out())
                .contains(variants)
                .contains("0.1234", "above that of vw-text", "above that of vw-defaults");
        JsonNode results = JSON.readTree(report.toFile());
        assertThat(results.get("sets").findValuesAsText("set")).containsExactly("flights", "sparse", "dense");
        for (JsonNode set : results.get("sets")) {
            assertThat(set.get("samples").asInt()).isEqualTo(SAMPLES);
            boolean hasDefaults = set.get("set").asText().equals("sparse");
            assertThat(set.get("variants").findValuesAsText("variant"))
                    .isEqualTo(hasDefaults ? variants : withDefaults);
            for (JsonNode variant : set.get("variants")) {
                assertThat(variant.get("samplesPerSecond").asDouble())
                        .as(variant.toString())
                        .isPositive();
                assertThat(variant.get("runs")).as(variant.toString()).hasSize(1);
            }
            double loss = set.get("variants").get(2).get("loss").asDouble();
            if (set.get("set").asText().equals("sparse")) {
                // Vowpal Wabbit without options has 1.150 after as many samples, and the default is the same algorithm.
                assertThat(loss).isBetween(1.127, 1.173);
            } else {
                // Better than a coin, so the labels were learned.
                assertThat(loss).isBetween(0.01, 0.6931);
            }
        }
        assertThat(Files.readString(chart)).startsWith("<svg").contains("Flink job that discards");
    }

    @Test
    void reads_all_partitions_of_models_with_keys() throws Exception {
        Path report = directory.resolve("report.json");

        Run run = Run.of(
                "bench",
                "--set=keyed",
                "--partitions=2",
                "--rows=" + SAMPLES,
                "--rounds=1",
                "--warm-ups=0",
                "--vw=" + vowpalWabbit(),
                "--report=" + report);

        assertThat(run.code()).as(run.err()).isZero();
        JsonNode set = JSON.readTree(report.toFile()).get("sets").get(0);
        assertThat(set.get("samples").asInt()).isEqualTo(SAMPLES);
        assertThat(set.get("variants").findValuesAsText("variant")).containsExactly("consume", "discard", "learn");
        assertThat(set.get("variants").get(2).get("loss").asDouble()).isBetween(0.01, 0.7);
    }

    @Test
    void learns_the_same_from_every_format() throws Exception {
        List<Double> losses = new ArrayList<>();
        for (String format : List.of("avro", "confluent", "json")) {
            Path report = directory.resolve("report.json");
            Run run = Run.of(
                    "bench",
                    "--set=flights,sparse",
                    "--only=learn",
                    "--format=" + format,
                    "--rows=5000",
                    "--rounds=1",
                    "--warm-ups=0",
                    "--report=" + report);
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.out()).contains("bytes (" + format + ")");
            JSON.readTree(report.toFile())
                    .get("sets")
                    .findValues("variants")
                    .forEach(variants -> losses.add(variants.get(0).get("loss").asDouble()));
        }
        assertThat(losses).hasSize(6);
        assertThat(losses.subList(2, 4)).isEqualTo(losses.subList(0, 2));
        assertThat(losses.subList(4, 6)).isEqualTo(losses.subList(0, 2));
    }

    @Test
    void measures_how_long_samples_take_to_predictions() throws Exception {
        Path report = directory.resolve("report.json");

        Run run = Run.of("bench", "--set=freshness", "--seconds=1", "--report=" + report);

        assertThat(run.code()).as(run.err()).isZero();
        JsonNode freshness = JSON.readTree(report.toFile()).get("freshness");
        List<String> lanes = new ArrayList<>();
        for (JsonNode setting : freshness) {
            lanes.add(setting.get("lane").asText());
            assertThat(setting.get("samples").asInt()).isEqualTo(10_000);
            double median = setting.get("p50Millis").asDouble();
            assertThat(median).isPositive();
            assertThat(setting.get("p99Millis").asDouble()).isGreaterThanOrEqualTo(median);
        }
        assertThat(lanes).containsExactly("eager", "eager", "committed", "committed");
        assertThat(run.out()).contains("freshness: from produced to predicted, 10,000 samples per second");
    }

    /** Writes a program that prints what Vowpal Wabbit prints. */
    private Path vowpalWabbit() throws Exception {
        Path program = Files.writeString(directory.resolve("vw"), """
                #!/bin/sh
                if [ "$1" = --version ]; then echo '9.99.0 (git commit: )'; else echo 'average loss = 0.1234'; fi
                """);
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    }
}
