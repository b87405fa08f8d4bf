package io.freshet.faults.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.faults.embedded.EmbeddedRun;
import io.freshet.faults.embedded.MiniTrainer;
import io.freshet.faults.load.SampleStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Catches a change of a state format, a serializer, or an operator uid that prevents an upgrade. The job must continue
 * from the stored savepoint of each version, bit for bit, on a topic with the same samples.
 *
 * <p>Each savepoint has models of both lanes, with pending batches, buffered samples, and ids for deduplication. The
 * system property {@code freshet.savepoint.version} writes a savepoint of that version. From the first tag on, stored savepoints are
 * never regenerated; each release adds its own.
 */
class SavepointCompatibilityIT {
    private static final Path STORED = Path.of("src", "test", "resources", "compatibility");
    private static final String PREFIX = "savepoint-";
    private static final String VERSION = "freshet.savepoint.version";
    private static final long SEED = 11;
    private static final int KEYS = 4;
    private static final int BEFORE = 430;
    private static final int AFTER = 400;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"hashmap", "rocksdb"})
    void continues_from_the_savepoint_of_every_version(String backend) throws Exception {
        List<Path> savepoints = stored();
        assertThat(savepoints).isNotEmpty();
        for (Path savepoint : savepoints) {
            StoredRun stored = StoredRun.read(savepoint);
            try (EmbeddedRun run =
                    new EmbeddedRun(stored.specs(), stored.samples().iterator()::next)) {
                run.produce(stored.samples().size());
                MiniTrainer.Plan plan = run.plan(
                                directory.resolve(savepoint.getFileName().toString()))
                        .with("state.backend.type", backend)
                        .from(savepoint.toAbsolutePath().toUri().toString());
                try (MiniTrainer trainer = MiniTrainer.start(plan)) {
                    run.awaitUntil("all samples learned", run.learned()::isComplete);
                    run.learned().assertSameCounts(stored.samples().size());
                    assertThat(run.learned().differing()).isEmpty();
                    run.learned().assertNoneRetracted();
                    assertThat(trainer.checkpoints().getNumberOfRestoredCheckpoints())
                            .as("restored exactly once")
                            .isOne();
                }
            }
        }
    }

    @Test
    @EnabledIfSystemProperty(named = VERSION, matches = ".+")
    void writes_the_savepoint_of_this_version() throws Exception {
        Files.createDirectories(STORED);
        Path folder = Files.createDirectory(STORED.resolve(PREFIX + System.getProperty(VERSION)));
        List<SampleStream.Sent> samples = Stream.generate(new SampleStream(SEED, KEYS, false)::next)
                .limit(BEFORE + AFTER)
                .toList();
        StoredRun stored = new StoredRun(SampleStream.SPECS, samples);
        stored.write(folder);
        try (EmbeddedRun run = new EmbeddedRun(stored.specs(), samples.iterator()::next);
                MiniTrainer trainer = MiniTrainer.start(run.plan(directory)
                        // Store everything in one small file.
                        .with("execution.checkpointing.data-inline-threshold", "1 mb")
                        .with("execution.checkpointing.snapshot-compression", "true"))) {
            run.produce(BEFORE);
            run.assertAllLearned();
            // Commit everything published: another broker does not know the open transaction of this one.
            run.awaitCheckpoint(trainer);
            Path savepoint = Path.of(URI.create(trainer.stopWithSavepoint(directory.resolve("savepoints"))));
            Files.copy(savepoint.resolve("_metadata"), folder.resolve("_metadata"));
        }
    }

    private static List<Path> stored() throws Exception {
        try (Stream<Path> folders = Files.list(STORED)) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith(PREFIX))
                    .toList();
        }
    }
}
