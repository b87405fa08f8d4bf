package io.freshet.cli.embedded;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory for one run, which {@link #close} deletes. A run that is killed leaves it behind; the next one finds it by its
 * name, and deletes it if it can take its {@link DirectoryLock}:
 *
 * <pre>
 *   freshet-(process id)-(start of the process, milliseconds since 1970)-(random)/freshet-temporary.lock
 * </pre>
 *
 * The name shows a process its own directories, whose locks it must not open. No {@link DataDirectory} is deleted, whatever its
 * name is.
 */
public final class TemporaryDirectory implements StackDirectory {
    private static final Logger log = LoggerFactory.getLogger(TemporaryDirectory.class);
    static final String MARKER = "freshet-temporary.lock";
    private static final String PREFIX = "freshet-";
    private static final Pattern NAME = Pattern.compile("freshet-\\d+-\\d+-.+");

    private final Path path;
    private final DirectoryLock lock;
    private final Thread hook = new Thread(this::closeQuietly, "freshet-temporary");

    private TemporaryDirectory(Path path, DirectoryLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Creates a directory that only its owner can read, and deletes those of killed runs. */
    public static TemporaryDirectory create() throws IOException {
        return create(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * Does the same, and also deletes the new directory at the end of the JVM, as after Ctrl-C. A {@link LocalStack} does that
     * itself, after its services have stopped.
     */
    public static TemporaryDirectory createWithHook() throws IOException {
        TemporaryDirectory directory = create();
        Runtime.getRuntime().addShutdownHook(directory.hook);
        return directory;
    }

    static TemporaryDirectory create(Path parent) throws IOException {
        sweep(parent);
        Path path = Files.createTempDirectory(parent, ownPrefix());
        try {
            return new TemporaryDirectory(path, DirectoryLock.create(path.resolve(MARKER)));
        } catch (IOException e) {
            DeletedTree.delete(path);
            throw e;
        }
    }

    /** Deletes the directories of killed runs. Failures are logged, and the directories stay. */
    static void sweep() {
        sweep(Path.of(System.getProperty("java.io.tmpdir")));
    }

    static void sweep(Path parent) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
            UserPrincipal user = null;
            for (Path directory : found) {
                String name = String.valueOf(directory.getFileName());
                if (NAME.matcher(name).matches() && !name.startsWith(ownPrefix())) {
                    user = user == null ? currentUser() : user;
                    deleteIfLeft(directory, user);
                }
            }
        } catch (IOException | RuntimeException e) {
            log.warn("{}: directories of killed runs are not deleted: {}", parent, e.toString());
        }
    }

    private static void deleteIfLeft(Path directory, UserPrincipal user) {
        Path marker = directory.resolve(MARKER);
        try {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    || !Files.isRegularFile(marker, LinkOption.NOFOLLOW_LINKS)
                    || DataDirectory.isAt(directory)
                    || !isOwned(directory, user)
                    || !isOwned(marker, user)) {
                return;
            }
            try (DirectoryLock lock = DirectoryLock.takeOver(marker)) {
                if (lock != null) {
                    DeletedTree.delete(directory);
                    log.info("deleted {}, left by a killed run", directory);
                }
            }
        } catch (NoSuchFileException e) {
            // Another start has deleted it.
        } catch (IOException e) {
            log.warn("{}: left by a killed run, and cannot be deleted: {}", directory, e.toString());
        }
    }

    private static boolean isOwned(Path file, UserPrincipal user) throws IOException {
        return Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).equals(user);
    }

    /** Returns the owner of a new file, since the user of the process may have no name. */
    private static UserPrincipal currentUser() throws IOException {
        Path probe = Files.createTempFile(PREFIX, ".owner");
        try {
            return Files.getOwner(probe);
        } finally {
            Files.delete(probe);
        }
    }

    private static String ownPrefix() {
        ProcessHandle process = ProcessHandle.current();
        @Nullable Instant start = process.info().startInstant().orElse(null);
        return PREFIX + process.pid() + "-" + (start == null ? 0 : start.toEpochMilli()) + "-";
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public String outcome() {
        return "all files deleted";
    }

    @Override
    public String settle(String option, @Nullable String given, String initial) {
        return recall(option, given, initial);
    }

    @Override
    public String recall(String option, @Nullable String given, String initial) {
        return given == null ? initial : given;
    }

    @Override
    public int number(String option, @Nullable Integer given, int initial) {
        return given == null ? initial : given;
    }

    @Override
    public void keep(String option, String value) {
        // There is no next run.
    }

    @Override
    public void save() {
        // There is no next run.
    }

    /** Deletes the directory. Closing again does nothing. */
    @Override
    public void close() throws IOException {
        try {
            DeletedTree.delete(path);
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
