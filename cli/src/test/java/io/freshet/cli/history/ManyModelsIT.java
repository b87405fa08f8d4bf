package io.freshet.cli.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.schemas.sample.RecordFields;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.SnapshotFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Flights, hotels, and cars on one topic. Catches a model that learns records of another, or loses its own because another
 * model reads a field as another type.
 */
@Timeout(300)
class ManyModelsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FLIGHTS = """
            name: flights
            when: {field: type, equals: flight}
            label: late
            features: {numeric: [distance]}
            loss: binary-cross-entropy
            holdout: 0.1
            id: id
            """;
    /** The distance is a text here. */
    private static final String HOTELS = """
            name: hotels
            when: {exists: stars}
            label: price
            key: city
            features: {numeric: [stars], categorical: [distance], hashBits: 6}
            loss: mean-squared-error
            batch: {size: 4}
            """;

    @AutoClose
    private static EmbeddedKafka kafka;

    @TempDir
    Path directory;

    private final List<String> flights = new ArrayList<>();
    private final List<String> hotels = new ArrayList<>();
    private final List<String> all = new ArrayList<>();

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    private void createRows() {
        SplittableRandom random = new SplittableRandom(20261130);
        for (int i = 0; i < 400; i++) {
            String row;
            switch (random.nextInt(3)) {
                case 0 -> {
                    row = String.format(
                            Locale.ROOT,
                            "{\"type\": \"flight\", \"id\": \"f%d\", \"distance\": %.3f, \"late\": %d}",
                            i,
                            random.nextDouble(),
                            random.nextInt(2));
                    flights.add(row);
                }
                case 1 -> {
                    row = String.format(
                            Locale.ROOT,
                            "{\"type\": \"hotel\", \"city\": \"c%d\", \"stars\": %d, \"distance\": \"%s\", \"price\": %.2f}",
                            random.nextInt(3),
                            1 + random.nextInt(5),
                            random.nextBoolean() ? "far" : "near",
                            random.nextDouble());
                    hotels.add(row);
                }
                default -> row = "{\"type\": \"car\", \"distance\": [1, 2], \"late\": \"no\", \"city\": null}";
            }
            all.add(row);
        }
    }

    @Test
    void each_model_learns_what_it_would_learn_from_its_own_records_alone() throws Exception {
        createRows();
        Path mixed = Files.write(directory.resolve("mixed.jsonl"), all);
        LineageRun run = LineageRun.create(kafka, "mixed", 1, directory);
        run.apply(FLIGHTS);
        run.apply(HOTELS);
        run.done("feed", "--input", mixed.toString(), "--as", "json");
        run.learn(new RecordFormat.Json(RecordFields.NONE));

        check(run, FLIGHTS, "flights", Files.write(directory.resolve("flights.jsonl"), flights), mixed);
        check(run, HOTELS, "hotels", Files.write(directory.resolve("hotels.jsonl"), hotels), mixed);
        assertThat(run.done("tail", "dead-letters", "--summary").out()).isEmpty();
        assertThat(run.done("replay", "flights", "--format", "json").out()).contains("\nidentical: ");
    }

    /** Compares with a model trained on its own rows, and with one trained on all rows. */
    private void check(LineageRun run, String yaml, String model, Path own, Path mixed) throws Exception {
        List<String> learned = run.history(model).stream()
                .map(entry -> entry.get("checksum").asText())
                .toList();
        long rows = Files.lines(own).count();
        for (Path file : List.of(own, mixed)) {
            Path saved = directory.resolve("saved.snapshot");
            Path spec = Files.writeString(directory.resolve("spec.yaml"), yaml);
            Run train = Run.of(
                    "train",
                    "--spec",
                    spec.toString(),
                    "--input",
                    file.toString(),
                    "--save",
                    saved.toString(),
                    "--output",
                    "json");
            assertThat(train.code()).as(train.err()).isZero();
            JsonNode report = JSON.readTree(train.out());
            assertThat(report.get("skipped").asLong()).isEqualTo(file == own ? 0 : all.size() - rows);
            assertThat(report.get("rejected").asLong()).isZero();
            SnapshotFile.read(saved)
                    .forEach(snapshot -> assertThat(learned).contains(FloatBytes.checksumText(snapshot.checksum())));
            Files.delete(saved);
        }
    }
}
