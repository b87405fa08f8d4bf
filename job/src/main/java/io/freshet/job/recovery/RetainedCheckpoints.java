package io.freshet.job.recovery;

import java.io.IOException;
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
 * The checkpoints that earlier runs of one job left in its folder, as Flink lays them out:
 *
 * <pre>
 *   folder/(job id, 32 hexadecimal digits)/chk-(number)/_metadata
 * </pre>
 *
 * A checkpoint is complete once it has its {@code _metadata}. The newest is the one whose {@code _metadata} was written last.
 */
public final class RetainedCheckpoints {
    private static final Logger log = LoggerFactory.getLogger(RetainedCheckpoints.class);
    private static final Pattern JOB = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern CHECKPOINT = Pattern.compile("chk-[0-9]{1,18}");

    private final Path folder;
    private final FileSystem files;

    private record Found(Path path, long writtenAt) {
        long number() {
            return Long.parseLong(path.getName().substring("chk-".length()));
        }
    }

    /**
     * @param folder what {@code execution.checkpointing.dir} is, of this job alone
     * @throws IOException if there is no such file system
     */
    public RetainedCheckpoints(Path folder) throws IOException {
        this(folder, folder.getFileSystem());
    }

    RetainedCheckpoints(Path folder, FileSystem files) {
        this.folder = folder;
        this.files = files;
    }

    /**
     * Returns the newest checkpoint that is whole; of each that is not, the log says what is wrong with which file.
     *
     * @return null if there is no checkpoint at all
     * @throws IOException if there are checkpoints and none is whole: to begin anew is for someone to decide
     */
    public @Nullable Path newestWhole() throws IOException {
        List<Found> found = find();
        IOException newest = null;
        for (Found checkpoint : found) {
            try {
                CheckpointVerifier.check(checkpoint.path());
                log.info("going on from checkpoint {}", checkpoint.path());
                return checkpoint.path();
            } catch (IOException e) {
                log.error("checkpoint {} is passed over for the one before it: {}", checkpoint.path(), e.getMessage());
                newest = newest == null ? e : newest;
            }
        }
        if (newest == null) {
            log.info("no checkpoint in {}: from the beginning", folder);
            return null;
        }
        throw new IOException(
                folder + ": none of its " + found.size()
                        + " checkpoints is whole (expected: one to go on from); the newest: " + newest.getMessage(),
                newest);
    }

    /**
     * Deletes the folders of jobs that have no checkpoint as new as the one that is gone on from, if its own has an older one
     * that is whole to fall back on. Flink leaves them, since it did not write them in this job. If that fails, the log says
     * so, and they stay.
     *
     * @param checkpoint what {@link #newestWhole} returned
     */
    public void deleteOlderJobsThan(Path checkpoint) {
        try {
            deleteOlder(checkpoint);
        } catch (IOException e) {
            log.warn("{}: folders of earlier jobs could not be deleted and stay: {}", folder, e.toString());
        }
    }

    private void deleteOlder(Path checkpoint) throws IOException {
        Path job = checkpoint.getParent();
        List<Found> found = find();
        // Those in front of it are newer, and damaged: they were passed over.
        List<Found> from =
                found.stream().dropWhile(one -> !one.path().equals(checkpoint)).toList();
        Set<Path> keep = new HashSet<>();
        for (Found one : found) {
            if (from.isEmpty() || one.writtenAt() >= from.get(0).writtenAt()) {
                keep.add(one.path().getParent());
            }
        }
        List<Path> older = new ArrayList<>(children(folder, JOB));
        older.removeAll(keep);
        boolean canFallBack = !older.isEmpty()
                && from.stream().skip(1).anyMatch(one -> one.path().getParent().equals(job) && isWhole(one));
        if (canFallBack) {
            for (Path other : older) {
                files.delete(other, true);
            }
        }
    }

    private static boolean isWhole(Found checkpoint) {
        try {
            CheckpointVerifier.check(checkpoint.path());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns all complete checkpoints, the newest first. */
    private List<Found> find() throws IOException {
        List<Found> found = new ArrayList<>();
        for (Path job : children(folder, JOB)) {
            for (Path checkpoint : children(job, CHECKPOINT)) {
                Path metadata = new Path(checkpoint, CheckpointVerifier.METADATA);
                if (files.exists(metadata)) {
                    found.add(
                            new Found(checkpoint, files.getFileStatus(metadata).getModificationTime()));
                }
            }
        }
        found.sort(Comparator.comparingLong(Found::writtenAt)
                .thenComparingLong(Found::number)
                .reversed());
        return found;
    }

    private List<Path> children(Path parent, Pattern name) throws IOException {
        List<Path> children = new ArrayList<>();
        // Nothing was ever kept in a folder that does not exist.
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
