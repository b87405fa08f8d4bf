package io.freshet.cli.history;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.freshet.cli.Run;
import io.freshet.cli.dev.EmbeddedKafka;
import io.freshet.schemas.sample.RecordFormat;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.SnapshotFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares a bounded job that learns a fed file with {@code freshet train} on the same file. Catches epochs that
 * overlap, early stopping that is never evaluated, a second epoch mistaken for duplicates, and a full batch that is not
 * learned.
 */
@Timeout(180)
class BoundedJobIT {
    private static final String LINE = """
            name: line
            label: y
            features: {numeric: [a, b]}
            loss: mean-squared-error
            optimizer: {type: sgd, learningRate: 0.05}
            """;

    @AutoClose
    private static EmbeddedKafka kafka;

    @TempDir
    Path directory;

    private Path rows;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.startTemporary();
    }

    @BeforeEach
    void writeRows() throws IOException {
        SplittableRandom random = new SplittableRandom(20261125);
        List<String> lines = new ArrayList<>(List.of("a,b,y"));
        for (int i = 0; i < 200; i++) {
            double a = random.nextDouble();
            double b = random.nextDouble();
            double y = 2 * a - b + random.nextDouble() / 4;
            lines.add(String.format(Locale.ROOT, "%.4f,%.4f,%.4f", a, b, y));
        }
        rows = Files.write(directory.resolve("rows.csv"), lines);
    }

    @Test
    void a_job_learns_a_file_fed_in_epochs_as_train_does() throws Exception {
        LineageRun run = LineageRun.create(kafka, "epochs", 1, directory);
        String yaml = LINE + "batch: {size: 7}\ndeduplicate: 1h\nholdout: 0.2\nepochs: 6\n"
                + "earlyStopping: {patience: 1, minimumImprovement: 0.5}\n";
        Path trained = train(yaml);
        run.apply(yaml);
        run.done("feed", "--input", rows.toString(), "--epochs", "6");
        run.learn(RecordFormat.avro());

        assertSameParameters(run, trained);
        long version = newest(run).get("version").asLong();
        assertThat(version).as("two epochs of six").isBetween(2 * 120L, 2 * 199L);
    }

    @Test
    void a_full_batch_is_learned_in_all_epochs_at_the_end_of_the_topic() throws Exception {
        LineageRun run = LineageRun.create(kafka, "full", 1, directory);
        String yaml = LINE + "batch: {size: full}\nepochs: 30\n";
        Path trained = train(yaml);
        Path spec = Files.writeString(directory.resolve("full.yaml"), yaml);
        assertThat(run.done("apply", "--bounded", "-f", spec.toString()).err()).isEmpty();
        run.done("feed", "--input", rows.toString());
        run.learn(RecordFormat.avro());

        assertSameParameters(run, trained);
        assertThat(newest(run).get("version").asLong()).isEqualTo(30 * 200);
        assertThat(newest(run).get("updates").asLong()).isEqualTo(30);
    }

    /** Asserts that the published parameters equal those that {@code train} saved, and that a replay is identical. */
    private static void assertSameParameters(LineageRun run, Path trained) throws Exception {
        assertThat(newest(run).get("checksum").asText())
                .isEqualTo(FloatBytes.checksumText(
                        SnapshotFile.read(trained).get(0).checksum()));
        assertThat(run.done("replay", "line").out()).contains("\nidentical: ");
    }

    private static JsonNode newest(LineageRun run) throws IOException {
        List<JsonNode> history = run.history("line");
        return history.get(history.size() - 1);
    }

    private Path train(String yaml) throws IOException {
        Path spec = Files.writeString(directory.resolve("train.yaml"), yaml);
        Path saved = directory.resolve("trained.snapshot");
        Run run = Run.of("train", "--spec", spec.toString(), "--input", rows.toString(), "--save", saved.toString());
        assertThat(run.code()).as(run.err()).isZero();
        return saved;
    }
}
