package io.freshet.faults.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.faults.embedded.EmbeddedRun;
import io.freshet.faults.embedded.MiniTrainer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Catches an incomplete checkpoint that is restored as a complete one, and samples lost between a failed checkpoint and
 * the one before it. If checkpoints fail, time out, or run out of space, the job must recover from the last complete
 * one.
 */
class CheckpointFaultIT {
    private static final long SEED = 5;
    private static final int SAMPLES = 3_000;
    private static final int MAXIMUM_WRITES = 40;
    private static final String NO_SPACE = "No space left on device";

    @TempDir
    Path directory;

    @Test
    void a_checkpoint_that_fails_at_any_write_has_no_effect() throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        try (EmbeddedRun run = new EmbeddedRun(SEED);
                MiniTrainer trainer = MiniTrainer.start(onFaultyDisk(run))) {
            for (int fault = 0; fault < 4; fault++) {
                run.send(SAMPLES);
                int writes = random.nextInt(MAXIMUM_WRITES);
                failOne(run, trainer, () -> FaultyFileSystem.failAfter(writes), "no more writes");
                run.awaitCheckpoint(trainer);
            }
            run.send(SAMPLES);
            run.assertAllLearned();
            assertThat(trainer.checkpoints().getNumberOfRestoredCheckpoints()).isPositive();
        }
    }

    @Test
    void a_checkpoint_that_takes_too_long_is_aborted() throws Exception {
        try (EmbeddedRun run = new EmbeddedRun(SEED);
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
    void recovers_when_there_is_space_again() throws Exception {
        try (EmbeddedRun run = new EmbeddedRun(SEED);
                MiniTrainer trainer = MiniTrainer.start(onFaultyDisk(run))) {
            run.send(SAMPLES);
            run.awaitCheckpoint(trainer);
            try (CheckpointLog log = new CheckpointLog();
                    FaultyFileSystem.Disruption disruption = FaultyFileSystem.fill()) {
                run.awaitUntil("an error with the reason", () -> log.contains(NO_SPACE));
                run.send(SAMPLES);
            }
            run.awaitCheckpoint(trainer);
            run.assertAllLearned();
        }
    }

    /** Unlike the faulty file system, a real disk has space for the start of a file but not for all of it. */
    @Test
    void recovers_when_a_full_disk_has_space_again() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"));
                EmbeddedRun run = new EmbeddedRun(SEED);
                MiniTrainer trainer = MiniTrainer.start(run.plan(directory)
                        .with("execution.checkpointing.dir", disk.path().toUri().toString()))) {
            run.send(SAMPLES);
            run.awaitCheckpoint(trainer);
            try (CheckpointLog log = new CheckpointLog()) {
                run.awaitUntil("an error with the reason", () -> {
                    disk.fill();
                    return log.contains(NO_SPACE);
                });
            }
            run.send(SAMPLES);
            disk.free();
            run.awaitCheckpoint(trainer);
            run.assertAllLearned();
        }
    }

    private MiniTrainer.Plan onFaultyDisk(EmbeddedRun run) {
        return run.plan(directory).with("execution.checkpointing.dir", "faulty://" + directory.resolve("checkpoints"));
    }

    /** Disrupts writes until a checkpoint has failed and the log has the reason. */
    private static void failOne(
            EmbeddedRun run, MiniTrainer trainer, Supplier<FaultyFileSystem.Disruption> begin, String reason)
            throws Exception {
        long before = trainer.checkpoints().getNumberOfFailedCheckpoints();
        try (CheckpointLog log = new CheckpointLog();
                FaultyFileSystem.Disruption disruption = begin.get()) {
            run.awaitUntil("a failed checkpoint", () -> trainer.checkpoints().getNumberOfFailedCheckpoints() > before);
            run.awaitUntil("an error with the reason", () -> log.contains(reason));
        }
    }
}
