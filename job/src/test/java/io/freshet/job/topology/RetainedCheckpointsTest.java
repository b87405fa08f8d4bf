package io.freshet.job.topology;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Would catch the deletion of the only usable checkpoint, and a failed cleanup that prevents the job from starting. */
class RetainedCheckpointsTest {
    private static final String OLDER = "a".repeat(32);
    private static final String JOB = "b".repeat(32);

    @TempDir
    Path folder;

    private org.apache.flink.core.fs.Path path;

    @BeforeEach
    void start() throws IOException {
        path = new org.apache.flink.core.fs.Path(folder.toUri());
        intact(OLDER, 3);
    }

    @Test
    void older_jobs_are_deleted_once_there_is_another_intact_checkpoint() throws IOException {
        intact(JOB, 4);
        cleanUp();
        assertThat(folder.resolve(OLDER)).as("its own job has no other").exists();

        damage(intact(JOB, 5));
        assertThat(cleanUp()).endsWith("chk-4");
        assertThat(folder.resolve(OLDER)).as("the newer one is damaged").exists();

        intact(JOB, 6);
        damage(folder.resolve(JOB).resolve("chk-4"));
        assertThat(cleanUp()).endsWith("chk-6");
        assertThat(folder.resolve(OLDER)).as("the older ones are damaged").exists();

        intact(JOB, 7);
        assertThat(cleanUp()).endsWith("chk-7");
        assertThat(folder.resolve(OLDER)).doesNotExist();
        assertThat(folder.resolve(JOB).resolve("chk-6")).exists();
    }

    @Test
    void a_folder_with_a_newer_checkpoint_stays() throws IOException {
        intact(JOB, 4);
        intact(JOB, 5);
        damage(intact(OLDER, 6));
        assertThat(cleanUp()).endsWith("chk-5");
        assertThat(folder.resolve(OLDER)).exists();
    }

    /** Object stores keep times in whole seconds. */
    @Test
    void of_checkpoints_with_the_same_time_the_one_with_the_highest_number_is_the_newest() throws IOException {
        for (int number : new int[] {10, 9, 8}) {
            Path metadata = intact(JOB, number).resolve("_metadata");
            Files.setLastModifiedTime(metadata, FileTime.fromMillis(1_000_000_010_000L));
        }
        assertThat(newestIntact().getPath()).endsWith("chk-10");
        damage(folder.resolve(JOB).resolve("chk-10"));
        assertThat(newestIntact().getPath()).endsWith("chk-9");
    }

    @Test
    void a_folder_that_cannot_be_deleted_stays_and_the_job_starts() throws IOException {
        intact(JOB, 4);
        intact(JOB, 5);
        RetainedCheckpoints readOnly = new RetainedCheckpoints(path, new LocalFileSystem() {
            @Override
            public boolean delete(org.apache.flink.core.fs.Path file, boolean recursive) throws IOException {
                throw new IOException(file + ": permission denied");
            }
        });

        readOnly.deleteOlderJobsThan(newestIntact(), null);
        assertThat(folder.resolve(OLDER)).exists();
        cleanUp();
        assertThat(folder.resolve(OLDER)).doesNotExist();
    }

    /** Would catch a supervisor's restart that discards what was learned since the savepoint. */
    @Test
    void a_job_that_is_started_again_from_a_savepoint_continues_from_its_own_checkpoints() throws Exception {
        assertThat(resumed("s", "")).as("the first start").isEqualTo("s");
        Files.setLastModifiedTime(folder.resolve("started"), FileTime.fromMillis(1_000_000_003_500L));
        assertThat(resumed("s", "")).as("no checkpoint since").isEqualTo("s");

        intact(JOB, 4);
        intact(JOB, 5);
        assertThat(resumed("s", "")).endsWith("chk-5");
        damage(folder.resolve(JOB).resolve("chk-5"));
        assertThat(resumed("s", "")).endsWith("chk-4");
    }

    /** The user may want to return to it. */
    @Test
    void the_folder_of_the_checkpoint_that_a_job_was_started_from_stays() throws Exception {
        String start = folder.resolve(OLDER).resolve("chk-3").toString();
        resumed(start, "");
        Files.setLastModifiedTime(folder.resolve("started"), FileTime.fromMillis(1_000_000_003_500L));
        String between = "c".repeat(32);
        intact(between, 4);
        intact(JOB, 5);
        intact(JOB, 6);
        assertThat(resumed(start, "")).endsWith("chk-6");
        assertThat(folder.resolve(OLDER).resolve("chk-3")).exists();
        assertThat(folder.resolve(between)).as("of another job").doesNotExist();
    }

    /** Would catch a roll back that restores the newest checkpoint of what is rolled back. */
    @Test
    void another_start_from_a_savepoint_returns_to_it() throws Exception {
        resumed("s", "1");
        Files.setLastModifiedTime(folder.resolve("started"), FileTime.fromMillis(1_000_000_000_000L));
        assertThat(resumed("s", "1")).endsWith("chk-3");

        assertThat(resumed("s", "2")).isEqualTo("s");
        assertThat(resumed("s", "2")).as("the checkpoint is older").isEqualTo("s");
        assertThat(resumed("t", "2")).isEqualTo("t");
    }

    /** Returns what a job restores that is told to start from a savepoint. */
    private String resumed(String savepoint, String start) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        configuration.setString("freshet.start-id", start);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        TrainerEnvironment.resume(env, new RetainedCheckpoints(path));
        return env.getConfiguration().get(StateRecoveryOptions.SAVEPOINT_PATH);
    }

    /** Restores and cleans up like a job with --resume; returns the restored checkpoint. */
    private String cleanUp() throws IOException {
        org.apache.flink.core.fs.Path newest = newestIntact();
        new RetainedCheckpoints(path).deleteOlderJobsThan(newest, null);
        return newest.getPath();
    }

    private org.apache.flink.core.fs.Path newestIntact() throws IOException {
        return requireNonNull(new RetainedCheckpoints(path).newestIntact());
    }

    /** Writes the checkpoint of a job without operators, with timestamps a second apart. */
    private Path intact(String job, int number) throws IOException {
        Path checkpoint = Files.createDirectories(folder.resolve(job).resolve("chk-" + number));
        Path metadata = checkpoint.resolve("_metadata");
        try (OutputStream out = Files.newOutputStream(metadata)) {
            Checkpoints.storeCheckpointMetadata(new CheckpointMetadata(number, List.of(), List.of()), out);
        }
        Files.setLastModifiedTime(metadata, FileTime.fromMillis(1_000_000_000_000L + 1000L * number));
        return checkpoint;
    }

    /** Truncates the metadata, and keeps its timestamp. */
    private static void damage(Path checkpoint) throws IOException {
        Path metadata = checkpoint.resolve("_metadata");
        FileTime written = Files.getLastModifiedTime(metadata);
        byte[] bytes = Files.readAllBytes(metadata);
        Files.write(metadata, Arrays.copyOf(bytes, bytes.length / 2));
        Files.setLastModifiedTime(metadata, written);
    }
}
