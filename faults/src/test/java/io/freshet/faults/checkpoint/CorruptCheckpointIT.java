package io.freshet.faults.checkpoint;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.freshet.faults.embedded.EmbeddedRun;
import io.freshet.faults.embedded.MiniTrainer;
import io.freshet.job.topology.RetainedCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a job that continues from corrupt state, that fails to start because of one bad file, or that silently starts
 * from scratch. It must restore the newest complete checkpoint.
 */
class CorruptCheckpointIT {
    private static final int SAMPLES = 4_000;

    @TempDir
    Path directory;

    /** Damages a file of a checkpoint; returns its name. */
    private interface Damage {
        String to(Path checkpoint) throws IOException;
    }

    private static final Map<String, Damage> DAMAGES = new LinkedHashMap<>();

    static {
        DAMAGES.put("a state file is missing", checkpoint -> {
            Path file = stateFile(checkpoint);
            Files.delete(file);
            return file.getFileName().toString();
        });
        DAMAGES.put("a state file is truncated", checkpoint -> truncate(stateFile(checkpoint)));
        DAMAGES.put("a state bit is flipped", checkpoint -> {
            Path file = stateFile(checkpoint);
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length - bytes.length / 4] ^= 1;
            Files.write(file, bytes);
            return file.getFileName().toString();
        });
        DAMAGES.put("the metadata is truncated", checkpoint -> truncate(checkpoint.resolve("_metadata")));
        DAMAGES.put("the metadata is overwritten", checkpoint -> {
            byte[] bytes = Files.readAllBytes(checkpoint.resolve("_metadata"));
            Arrays.fill(bytes, (byte) 0x55);
            Files.write(checkpoint.resolve("_metadata"), bytes);
            return "_metadata";
        });
    }

    @Test
    void continues_from_the_newest_complete_checkpoint() throws Exception {
        try (EmbeddedRun run = new EmbeddedRun(9)) {
            MiniTrainer.Plan plan = run.plan(directory);
            try (MiniTrainer trainer = MiniTrainer.resume(plan)) {
                for (int i = 0; i < 3; i++) {
                    run.send(SAMPLES);
                    run.awaitCheckpoint(trainer);
                }
                trainer.cancel();
            }
            List<Path> newestFirst = checkpoints(plan.checkpoints());
            assertThat(newestFirst).hasSize(3);
            assertThat(newestIntact(plan.checkpoints())).isEqualTo(newestFirst.get(0));
            for (Map.Entry<String, Damage> damage : DAMAGES.entrySet()) {
                assertDetected(damage.getKey(), damage.getValue(), plan.checkpoints());
            }

            DAMAGES.get("a state bit is flipped").to(newestFirst.get(0));
            DAMAGES.get("the metadata is truncated").to(newestFirst.get(1));
            assertThat(newestIntact(plan.checkpoints())).isEqualTo(newestFirst.get(2));
            try (MiniTrainer trainer = MiniTrainer.resume(plan)) {
                run.send(SAMPLES);
                run.assertAllLearnedFromOlderCheckpoint();
                assertThat(trainer.checkpoints().getNumberOfRestoredCheckpoints())
                        .as("restored exactly once")
                        .isOne();
                trainer.cancel();
            }

            for (Path checkpoint : checkpoints(plan.checkpoints())) {
                truncate(checkpoint.resolve("_metadata"));
            }
            assertThatThrownBy(() -> MiniTrainer.resume(plan))
                    .as("none is complete")
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("(expected: one to resume from)");
        }
    }

    /** Damages the newest checkpoint of a copy; the next older one must be found. Without the older ones, none is. */
    private void assertDetected(String what, Damage damage, Path folder) throws IOException {
        Path copy = directory.resolve("copy where " + what);
        copy(folder, copy);
        List<Path> newestFirst = checkpoints(copy);
        String file = damage.to(newestFirst.get(0));
        assertThat(newestIntact(copy)).as(what).isEqualTo(newestFirst.get(1));
        for (Path older : newestFirst.subList(1, newestFirst.size())) {
            Files.delete(older.resolve("_metadata"));
        }
        assertThatThrownBy(() -> newestIntact(copy))
                .as(what)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none of its 1 checkpoints is intact (expected: one to resume from)")
                .hasMessageContaining(newestFirst.get(0).getFileName().toString())
                .hasMessageContaining(file);
    }

    /** Copies files with their times, which determine the newest checkpoint. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static Path newestIntact(Path folder) throws IOException {
        org.apache.flink.core.fs.Path newest =
                new RetainedCheckpoints(new org.apache.flink.core.fs.Path(folder.toUri())).newestIntact();
        return Path.of(requireNonNull(newest).getPath());
    }

    private static List<Path> checkpoints(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.endsWith("_metadata"))
                    .map(Path::getParent)
                    .sorted(Comparator.comparingInt((Path checkpoint) -> Integer.parseInt(
                                    checkpoint.getFileName().toString().substring("chk-".length())))
                            .reversed())
                    .toList();
        }
    }

    /** Returns the largest state file, which holds the models. */
    private static Path stateFile(Path checkpoint) throws IOException {
        try (Stream<Path> files = Files.list(checkpoint)) {
            return files.filter(file -> !file.endsWith("_metadata"))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
    }

    private static String truncate(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        return file.getFileName().toString();
    }
}
