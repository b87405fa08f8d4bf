package io.freshet.cli.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.input.InputException;
import io.freshet.schemas.file.Draft;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A directory that keeps topics and checkpoints for the next run, and the values of the options that the next run must share:
 *
 * <pre>
 *   freshet.lock          held while in use
 *   freshet.properties    version=1, and a line for each option
 * </pre>
 */
public final class DataDirectory implements StackDirectory {
    private static final String SETTINGS = "freshet.properties";
    private static final String LOCK = "freshet.lock";
    private static final String VERSION_KEY = "version";
    private static final String VERSION = "1";
    /** Of a draft of the properties that a killed run has left. */
    private static final String DRAFT_PREFIX = ".freshet-";

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path path;
    private final String option;
    private final DirectoryLock lock;
    private final Map<String, String> settings;

    private DataDirectory(Path path, String option, DirectoryLock lock, Map<String, String> settings) {
        this.path = path;
        this.option = option;
        this.lock = lock;
        this.settings = settings;
    }

    /**
     * Opens a directory for this process alone. A missing one is created, for its owner only. Deletes the temporary directories
     * of killed runs.
     *
     * @param option that names it, for messages
     * @throws InputException if another process uses it, or if it contains anything else; then it stays as it is
     */
    public static DataDirectory open(Path path, String option) throws IOException {
        TemporaryDirectory.sweep();
        String name = option + ": " + path;
        if (path.toAbsolutePath().toString().contains(",")) {
            throw new InputException(name + ": contains a comma (expected: a path without one, since Kafka separates"
                    + " directories by commas)");
        }
        create(path, name);
        if (!isAt(path) && hasOtherFiles(path)) {
            throw new InputException(name + ": contains other files (expected: a new or empty directory, or one of"
                    + " an earlier run)");
        }
        DirectoryLock lock = DirectoryLock.take(path.resolve(LOCK));
        if (lock == null) {
            throw new InputException(name + ": used by " + DirectoryLock.owner(path.resolve(LOCK))
                    + " (expected: a directory of no other running process)");
        }
        try {
            return new DataDirectory(path.toAbsolutePath(), option, lock, read(path, name));
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Returns whether a run has kept its options in a directory. */
    static boolean isAt(Path directory) {
        return Files.exists(directory.resolve(SETTINGS), LinkOption.NOFOLLOW_LINKS);
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

    private static Map<String, String> read(Path path, String name) throws IOException {
        Path file = path.resolve(SETTINGS);
        Map<String, String> settings = new TreeMap<>(Map.of(VERSION_KEY, VERSION));
        if (Files.exists(file)) {
            Properties stored = new Properties();
            try (Reader in = Files.newBufferedReader(file)) {
                stored.load(in);
            } catch (IllegalArgumentException e) {
                throw new InputException(name + ": " + SETTINGS + ": " + e.getMessage());
            }
            String version = stored.getProperty(VERSION_KEY);
            if (!VERSION.equals(version)) {
                throw new InputException(name + ": " + SETTINGS + ": version " + version + " (expected: " + VERSION
                        + "; a later version may have created it)");
            }
            stored.stringPropertyNames().forEach(key -> settings.put(key, stored.getProperty(key)));
        }
        return settings;
    }

    @Override
    public String settle(String name, @Nullable String given, String initial) throws InputException {
        String value = recall(name, given, initial);
        String before = settings.getOrDefault(key(name), value);
        if (!before.equals(value)) {
            throw new InputException(
                    name + ": " + value + " (expected: " + before + ", with which " + path + " was created)");
        }
        keep(name, value);
        return value;
    }

    @Override
    public String recall(String name, @Nullable String given, String initial) {
        return given == null ? settings.getOrDefault(key(name), initial) : given;
    }

    @Override
    public int number(String name, @Nullable Integer given, int initial) throws InputException {
        String value = recall(name, given == null ? null : given.toString(), Integer.toString(initial));
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new InputException(
                    path.resolve(SETTINGS) + ": " + key(name) + ": " + value + " (expected: an integer)");
        }
    }

    @Override
    public void keep(String name, String value) {
        settings.put(key(name), value);
    }

    private static String key(String name) {
        return name.replaceFirst("^--", "");
    }

    @Override
    public void save() throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings);
        StringWriter stored = new StringWriter();
        properties.store(stored, null);
        // Without the comment with the time.
        String text = stored.toString()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .sorted()
                .map(line -> line + "\n")
                .collect(Collectors.joining());
        try (Draft draft = Draft.beside(path.resolve(SETTINGS))) {
            draft.out().write(text.getBytes(UTF_8));
            draft.complete();
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public String outcome() {
        return "to go on: " + option + " " + path;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
