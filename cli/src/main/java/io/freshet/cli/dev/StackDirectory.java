package io.freshet.cli.dev;

import io.freshet.cli.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a {@link LocalStack}, with topics and checkpoints, for its owner only. One process uses it at a time, until
 * {@link #close}. Either it is temporary, and deleted then; or it stays for the next run, with its {@link KeptOptions}.
 */
public final class StackDirectory implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StackDirectory.class);
    private static final String LOCK = "freshet.lock";
    /** Of a draft of the options that a killed run has left. */
    private static final String DRAFT_PREFIX = ".freshet-";

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path path;
    private final DirectoryLock lock;
    private final KeptOptions options;
    private final String outcome;
    private final boolean temporary;
    private final Thread hook = new Thread(this::closeQuietly, "freshet-temporary");

    private StackDirectory(Path path, DirectoryLock lock, KeptOptions options, String outcome, boolean temporary) {
        this.path = path;
        this.lock = lock;
        this.options = options;
        this.outcome = outcome;
        this.temporary = temporary;
    }

    /** Creates a temporary directory, and deletes those of killed runs. */
    public static StackDirectory temporary() throws IOException {
        return temporary(KilledRuns.PARENT);
    }

    /**
     * Does the same, and also deletes the new directory at the end of the JVM, as after Ctrl-C. A {@link LocalStack} does that
     * itself, after its services have stopped.
     */
    public static StackDirectory temporaryWithHook() throws IOException {
        StackDirectory directory = temporary();
        Runtime.getRuntime().addShutdownHook(directory.hook);
        return directory;
    }

    static StackDirectory temporary(Path parent) throws IOException {
        KilledRuns.sweep(parent);
        Path path = Files.createTempDirectory(parent, KilledRuns.ownPrefix());
        try {
            DirectoryLock lock = DirectoryLock.create(path.resolve(KilledRuns.MARKER));
            return new StackDirectory(path, lock, KeptOptions.none(), "all files deleted", true);
        } catch (IOException e) {
            KilledRuns.delete(path);
            throw e;
        }
    }

    /**
     * Opens a directory that stays. A missing one is created. Deletes the temporary directories of killed runs.
     *
     * @param option that names it, for messages
     * @throws InputException if another process uses it, or if it contains anything else; then it stays as it is
     */
    public static StackDirectory open(Path path, String option) throws IOException {
        KilledRuns.sweep(KilledRuns.PARENT);
        String name = option + ": " + path;
        if (path.toAbsolutePath().toString().contains(",")) {
            throw new InputException(name + ": contains a comma (expected: a path without one, since Kafka separates"
                    + " directories by commas)");
        }
        create(path, name);
        if (!KeptOptions.areIn(path) && hasOtherFiles(path)) {
            throw new InputException(name + ": contains other files (expected: a new or empty directory, or one of"
                    + " an earlier run)");
        }
        DirectoryLock lock = DirectoryLock.take(path.resolve(LOCK));
        if (lock == null) {
            throw new InputException(name + ": used by " + DirectoryLock.owner(path.resolve(LOCK))
                    + " (expected: a directory of no other running process)");
        }
        try {
            Path absolute = path.toAbsolutePath();
            KeptOptions options = KeptOptions.read(absolute, name);
            return new StackDirectory(absolute, lock, options, "to go on: " + option + " " + absolute, false);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static void create(Path path, String name) throws IOException {
        if (Files.isDirectory(path)) {
            return;
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new InputException(name + ": not a directory");
        }
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        Files.createDirectory(path, posix ? new FileAttribute<?>[] {OWNER_ONLY} : new FileAttribute<?>[0]);
    }

    private static boolean hasOtherFiles(Path path) throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .anyMatch(name -> !name.equals(LOCK) && !name.startsWith(DRAFT_PREFIX));
        }
    }

    public Path path() {
        return path;
    }

    public KeptOptions options() {
        return options;
    }

    /** Returns what has become of the directory once it is closed, in a few words. */
    public String outcome() {
        return outcome;
    }

    /** Ends the use of the directory. Closing again does nothing. */
    @Override
    public void close() throws IOException {
        try {
            if (temporary) {
                KilledRuns.delete(path);
            }
        } finally {
            lock.close();
            removeHook();
        }
    }

    private void removeHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook runs.
        }
    }

    private void closeQuietly() {
        try {
            close();
        } catch (IOException e) {
            log.warn("{}: not deleted: {}", path, e.toString());
        }
    }
}
