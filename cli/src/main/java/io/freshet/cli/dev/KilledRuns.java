package io.freshet.cli.dev;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.regex.Pattern;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The temporary directories that killed runs have left. The next run finds them by their names, and deletes those whose {@link
 * DirectoryLock} it can take:
 *
 * <pre>
 *   freshet-(process id)-(start of the process, milliseconds since 1970)-(random)/freshet-temporary.lock
 * </pre>
 *
 * The name shows a process its own directories, whose locks it must not open. No directory with {@link KeptOptions} is deleted,
 * whatever its name is.
 */
final class KilledRuns {
    private static final Logger log = LoggerFactory.getLogger(KilledRuns.class);
    static final Path PARENT = Path.of(System.getProperty("java.io.tmpdir"));
    static final String MARKER = "freshet-temporary.lock";
    private static final String PREFIX = "freshet-";
    private static final Pattern NAME = Pattern.compile("freshet-\\d+-\\d+-.+");

    private KilledRuns() {}

    /** Deletes the directories of killed runs. Failures are logged, and the directories stay. */
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
                    || KeptOptions.areIn(directory)
                    || !isOwned(directory, user)
                    || !isOwned(marker, user)) {
                return;
            }
            try (DirectoryLock lock = DirectoryLock.takeOver(marker)) {
                if (lock != null) {
                    delete(directory);
                    log.info("deleted {}, left by a killed run", directory);
                }
            }
        } catch (NoSuchFileException e) {
            // Another start has deleted it.
        } catch (IOException e) {
            log.warn("{}: left by a killed run, and cannot be deleted: {}", directory, e.toString());
        }
    }

    /** Deletes a temporary directory, if it exists; the marker goes last, so that the next start deletes what this one left. */
    static void delete(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path marker = directory.resolve(MARKER);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, file -> !file.equals(marker))) {
            for (Path file : files) {
                Utils.delete(file.toFile());
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Files.deleteIfExists(marker);
        Files.deleteIfExists(directory);
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

    static String ownPrefix() {
        ProcessHandle process = ProcessHandle.current();
        @Nullable Instant start = process.info().startInstant().orElse(null);
        return PREFIX + process.pid() + "-" + (start == null ? 0 : start.toEpochMilli()) + "-";
    }
}
