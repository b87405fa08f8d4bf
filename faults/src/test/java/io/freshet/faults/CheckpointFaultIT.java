package io.freshet.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches a checkpoint that is half there and taken for whole, and samples that fall between one that failed and the one
 * before it: while checkpoints fail, or take too long, or find no space, learning goes back to the last one that is complete.
 */
class CheckpointFaultIT {
    private static final long SEED = 5;
    private static final int SAMPLES = 3_000;
    private static final int MOST_WRITES = 40;
    private static final String NO_SPACE = "No space left on device";

    @TempDir
    Path directory;

    @Test
    void checkpoints_that_fail_at_any_write_are_as_if_they_had_not_been_begun() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        try (SmallRun run = new SmallRun(SEED);
                MiniTrainer trainer = MiniTrainer.start(onFaultyDisk(run))) {
            for (int fault = 0; fault < 4; fault++) {
                run.send(SAMPLES);
                int writes = random.nextInt(MOST_WRITES);
                failOne(run, trainer, () -> FaultyFileSystem.failAfter(writes), "no more writes");
                run.awaitCheckpoint(trainer);
            }
            run.send(SAMPLES);
            run.assertAllLearned();
            assertThat(trainer.checkpoints().getNumberOfRestoredCheckpoints()).isPositive();
        }
    }

    @Test
    void checkpoints_that_take_too_long_are_given_up() throws Exception {
        try (SmallRun run = new SmallRun(SEED);
                MiniTrainer trainer =
                        MiniTrainer.start(onFaultyDisk(run).with("execution.checkpointing.timeout", "3 s"))) {
            run.send(SAMPLES);
            run.awaitCheckpoint(trainer);
            failOne(run, trainer, FaultyFileSystem::stall, "Checkpoint expired before completing");
            run.awaitCheckpoint(trainer);
            run.send(SAMPLES);
            run.assertAllLearned();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void no_space_is_waited_out() throws Exception {
        try (SmallRun run = new SmallRun(SEED);
                MiniTrainer trainer = MiniTrainer.start(onFaultyDisk(run))) {
            run.send(SAMPLES);
            run.awaitCheckpoint(trainer);
            try (CheckpointLog log = new CheckpointLog();
                    FaultyFileSystem.Trouble trouble = FaultyFileSystem.fill()) {
                run.awaitThat("an error that says why", () -> log.says(NO_SPACE));
                run.send(SAMPLES);
            }
            run.awaitCheckpoint(trainer);
            run.assertAllLearned();
        }
    }

    /** The same on a disk, which has space for the beginning of a file and not for all of it. */
    @Test
    void a_full_disk_is_waited_out() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"));
                SmallRun run = new SmallRun(SEED);
                MiniTrainer trainer = MiniTrainer.start(run.plan(directory)
                        .with("execution.checkpointing.dir", disk.path().toUri().toString()))) {
            run.send(SAMPLES);
            run.awaitCheckpoint(trainer);
            try (CheckpointLog log = new CheckpointLog()) {
                run.awaitThat("an error that says why", () -> {
                    disk.fill();
                    return log.says(NO_SPACE);
                });
            }
            run.send(SAMPLES);
            disk.free();
            run.awaitCheckpoint(trainer);
            run.assertAllLearned();
        }
    }

    private MiniTrainer.Plan onFaultyDisk(SmallRun run) {
        return run.plan(directory).with("execution.checkpointing.dir", "faulty://" + directory.resolve("checkpoints"));
    }

    /** Has trouble until a checkpoint has failed for it and the log has said why. */
    private static void failOne(SmallRun run, MiniTrainer trainer, Supplier<FaultyFileSystem.Trouble> begin, String why)
            throws Exception {
        long before = trainer.checkpoints().getNumberOfFailedCheckpoints();
        try (CheckpointLog log = new CheckpointLog();
                FaultyFileSystem.Trouble trouble = begin.get()) {
            run.awaitThat("a failed checkpoint", () -> trainer.checkpoints().getNumberOfFailedCheckpoints() > before);
            run.awaitThat("an error that says why", () -> log.says(why));
        }
    }
}
