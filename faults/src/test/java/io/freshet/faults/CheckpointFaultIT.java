package io.freshet.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a checkpoint that is half there and taken for whole, and samples that fall between one that failed and the one
 * before it: while checkpoints fail, or take too long, or find no space, learning goes back to the last one that is complete.
 */
class CheckpointFaultIT {
    private static final long SEED = 5;
    private static final int SAMPLES = 3_000;
    private static final int MOST_WRITES = 40;

    @TempDir
    Path directory;

    @AfterEach
    void heal() {
        FaultyFileSystem.heal();
    }

    @Test
    void checkpoints_that_fail_at_any_write_are_as_if_they_had_not_been_begun() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        try (CheckpointLog log = new CheckpointLog();
                SmallRun run = new SmallRun(SEED);
                MiniTrainer trainer = MiniTrainer.start(run.plan(directory)
                        .with("execution.checkpointing.dir", "faulty://" + directory.resolve("checkpoints")))) {
            for (int fault = 0; fault < 4; fault++) {
                run.send(SAMPLES);
                failOne(run, trainer, () -> FaultyFileSystem.failAfter(random.nextInt(MOST_WRITES)));
                run.awaitThat("an error that says why", () -> log.says("no more writes"));
                FaultyFileSystem.heal();
                run.awaitCheckpoint(trainer);
            }
            run.send(SAMPLES);
            run.assertAllLearned();
            assertThat(trainer.checkpoints().getNumberOfRestoredCheckpoints()).isPositive();
        }
    }

    @Test
    void checkpoints_that_take_too_long_are_given_up() throws Exception {
        try (CheckpointLog log = new CheckpointLog();
                SmallRun run = new SmallRun(SEED);
                MiniTrainer trainer = MiniTrainer.start(run.plan(directory)
                        .with("execution.checkpointing.dir", "faulty://" + directory.resolve("checkpoints"))
                        .with("execution.checkpointing.timeout", "500 ms"))) {
            run.send(SAMPLES);
            run.awaitCheckpoint(trainer);
            failOne(run, trainer, FaultyFileSystem::stall);
            run.awaitThat("an error that says why", () -> log.says("Checkpoint expired before completing"));
            FaultyFileSystem.heal();
            run.awaitCheckpoint(trainer);
            run.send(SAMPLES);
            run.assertAllLearned();
        }
    }

    @Test
    void a_full_disk_is_waited_out() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"));
                CheckpointLog log = new CheckpointLog();
                SmallRun run = new SmallRun(SEED);
                MiniTrainer trainer = MiniTrainer.start(run.plan(directory)
                        .with("execution.checkpointing.dir", disk.path().toUri().toString()))) {
            run.send(SAMPLES);
            run.awaitCheckpoint(trainer);
            failOne(run, trainer, disk::fill);
            run.awaitThat("an error that says why", () -> log.says("No space left on device"));
            run.send(SAMPLES);
            disk.free();
            run.awaitCheckpoint(trainer);
            run.assertAllLearned();
        }
    }

    /** What goes wrong with the disk. */
    private interface Trouble {
        void begin() throws IOException;
    }

    private static void failOne(SmallRun run, MiniTrainer trainer, Trouble trouble) throws Exception {
        long before = trainer.checkpoints().getNumberOfFailedCheckpoints();
        trouble.begin();
        run.awaitThat("a failed checkpoint", () -> trainer.checkpoints().getNumberOfFailedCheckpoints() > before);
    }

    /** A disk of 4 MiB. */
    private record SmallDisk(Path path) implements AutoCloseable {
        /** Mounts it, where this process may; elsewhere the test is skipped. */
        static SmallDisk mount(Path path) throws Exception {
            Files.createDirectories(path);
            boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", path.toString());
            assumeTrue(mounted, "a small disk cannot be mounted here");
            return new SmallDisk(path);
        }

        void fill() throws IOException {
            try (var out = Files.newOutputStream(path.resolve("filler"))) {
                byte[] page = new byte[4096];
                while (true) {
                    out.write(page);
                }
            } catch (IOException e) {
                if (!String.valueOf(e.getMessage()).contains("No space left")) {
                    throw e;
                }
            }
        }

        void free() throws IOException {
            Files.delete(path.resolve("filler"));
        }

        @Override
        public void close() throws Exception {
            run("umount", path.toString());
        }

        private static boolean run(String... command) throws Exception {
            try {
                return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
            } catch (IOException e) {
                return false;
            }
        }
    }
}
