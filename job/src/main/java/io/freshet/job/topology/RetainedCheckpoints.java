package io.freshet.job.topology;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints that earlier runs of one job retained, in Flink's layout:
 *
 * <pre>
 *   folder/(job id, 32 hexadecimal digits)/chk-(number)/_metadata
 *   folder/started                                                 the last start from a savepoint
 * </pre>
 *
 * A checkpoint is complete if it has {@code _metadata}. The newest one has the {@code _metadata} written last; of those with the
 * same time, which may be in whole seconds, the one with the highest number.
 */
public final class RetainedCheckpoints {
    private static final Logger LOG = LoggerFactory.getLogger(RetainedCheckpoints.class);
    private static final Pattern JOB = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern CHECKPOINT = Pattern.compile("chk-[0-9]{1,18}");

    /** The file that records which start the newest checkpoints belong to. */
    private static final String STARTED = "started";

    private static final int MAXIMUM_START_BYTES = 1 << 16;

    private final Path folder;
    private final FileSystem files;

    private record Checkpoint(Path path, long writtenAt) {
        long number() {
            return Long.parseLong(path.getName().substring("chk-".length()));
        }
    }

    /**
     * @param folder {@code execution.checkpointing.dir} of this job, not shared with other jobs
     * @throws IOException if the file system is unknown
     */
    public RetainedCheckpoints(Path folder) throws IOException {
        this(folder, folder.getFileSystem());
    }

    RetainedCheckpoints(Path folder, FileSystem files) {
        this.folder = folder;
        this.files = files;
    }

    /**
     * Returns the newest intact checkpoint, or null if there are no checkpoints. Logs the damage in newer ones.
     *
     * @throws IOException if there are checkpoints but none is intact: only the user can decide to start from scratch
     */
    public @Nullable Path newestIntact() throws IOException {
        return newestIntact(list());
    }

    /**
     * Returns the newest intact checkpoint since a start from a savepoint, or null if there is none. The first call for a start
     * records it in the folder. So a job that is started again with the same options, as by a supervisor, continues from its
     * own checkpoints, and does not return to the savepoint.
     *
     * @param start different from that of the start before
     * @throws IOException if there are checkpoints since then but none is intact, or the folder cannot be written
     */
    public @Nullable Path newestIntactSince(String start) throws IOException {
        Path record = new Path(folder, STARTED);
        if (!files.exists(record) || !start.equals(read(record))) {
            files.mkdirs(folder);
            try (OutputStream out = files.create(record, FileSystem.WriteMode.OVERWRITE)) {
                out.write(start.getBytes(StandardCharsets.UTF_8));
            }
            return null;
        }
        long startedAt = files.getFileStatus(record).getModificationTime();
        return newestIntact(list().stream()
                .filter(checkpoint -> checkpoint.writtenAt() >= startedAt)
                .toList());
    }

    private String read(Path record) throws IOException {
        try (InputStream in = files.open(record)) {
            return new String(in.readNBytes(MAXIMUM_START_BYTES), StandardCharsets.UTF_8);
        }
    }

    private @Nullable Path newestIntact(List<Checkpoint> found) throws IOException {
        IOException newest = null;
        for (Checkpoint checkpoint : found) {
            try {
                CheckpointVerifier.check(checkpoint.path());
                LOG.info("resuming from checkpoint {}", checkpoint.path());
                return checkpoint.path();
            } catch (IOException e) {
                LOG.error("checkpoint {} is damaged, trying the one before it: {}", checkpoint.path(), e.getMessage());
                newest = newest == null ? e : newest;
            }
        }
        if (newest == null) {
            LOG.info("no checkpoint in {}: starting without one", folder);
            return null;
        }
        throw new IOException(
                folder + ": none of its " + found.size()
                        + " checkpoints is intact (expected: one to resume from); the newest: " + newest.getMessage(),
                newest);
    }

    /**
     * Deletes the folders of earlier jobs whose checkpoints are all older than the restored one, provided that the restored
     * one's job has another intact checkpoint to fall back on. Flink does not delete folders of other jobs. Failures are logged,
     * and the folders stay.
     *
     * @param checkpoint returned by {@link #newestIntact}
     * @param start the checkpoint or savepoint that the job was started from, whose folder always stays; null if none
     */
    public void deleteOlderJobsThan(Path checkpoint, @Nullable String start) {
        try {
            deleteOlder(checkpoint, start);
        } catch (IOException e) {
            LOG.warn("{}: folders of earlier jobs could not be deleted and stay: {}", folder, e.toString());
        }
    }

    private void deleteOlder(Path checkpoint, @Nullable String start) throws IOException {
        Path job = checkpoint.getParent();
        List<Checkpoint> found = list();
        // The preceding ones are newer but damaged.
        List<Checkpoint> candidates =
                found.stream().dropWhile(one -> !one.path().equals(checkpoint)).toList();
        Set<Path> keep = new HashSet<>();
        for (Checkpoint one : found) {
            if (candidates.isEmpty() || one.writtenAt() >= candidates.get(0).writtenAt()) {
                keep.add(one.path().getParent());
            }
        }
        List<Path> older = new ArrayList<>(children(folder, JOB));
        older.removeAll(keep);
        // A path can be written in many ways, but no two jobs have the same id.
        older.removeIf(other -> start != null && start.contains(other.getName()));
        boolean canFallBack = !older.isEmpty()
                && candidates.stream()
                        .skip(1)
                        .anyMatch(one -> one.path().getParent().equals(job) && isIntact(one));
        if (canFallBack) {
            for (Path other : older) {
                files.delete(other, true);
            }
        }
    }

    private static boolean isIntact(Checkpoint checkpoint) {
        try {
            CheckpointVerifier.check(checkpoint.path());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns all complete checkpoints, newest first. */
    private List<Checkpoint> list() throws IOException {
        List<Checkpoint> found = new ArrayList<>();
        for (Path job : children(folder, JOB)) {
            for (Path checkpoint : children(job, CHECKPOINT)) {
                Path metadata = new Path(checkpoint, CheckpointVerifier.METADATA);
                if (files.exists(metadata)) {
                    found.add(new Checkpoint(
                            checkpoint, files.getFileStatus(metadata).getModificationTime()));
                }
            }
        }
        found.sort(Comparator.comparingLong(Checkpoint::writtenAt)
                .thenComparingLong(Checkpoint::number)
                .reversed());
        return found;
    }

    private List<Path> children(Path parent, Pattern name) throws IOException {
        List<Path> children = new ArrayList<>();
        // The folder does not exist before the first checkpoint.
        FileStatus @Nullable [] all = files.exists(parent) ? files.listStatus(parent) : null;
        if (all != null) {
            for (FileStatus child : all) {
                if (child.isDir() && name.matcher(child.getPath().getName()).matches()) {
                    children.add(child.getPath());
                }
            }
        }
        return children;
    }
}
