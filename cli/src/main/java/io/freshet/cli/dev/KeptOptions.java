package io.freshet.cli.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.cli.input.InputException;
import io.freshet.schemas.snapshot.Draft;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The values of the options that the next run in a {@link StackDirectory} must share, in {@code freshet.properties}: {@code
 * version=1}, and a line for each option. A temporary directory keeps none.
 */
public final class KeptOptions {
    private static final String FILE = "freshet.properties";
    private static final String VERSION_KEY = "version";
    private static final String VERSION = "1";

    private final @Nullable Path directory;
    private final Map<String, String> values;

    private KeptOptions(@Nullable Path directory, Map<String, String> values) {
        this.directory = directory;
        this.values = values;
    }

    static KeptOptions none() {
        return new KeptOptions(null, Map.of());
    }

    /**
     * Reads the options of the runs before.
     *
     * @param name of the directory, for messages
     */
    static KeptOptions read(Path directory, String name) throws IOException {
        Map<String, String> values = new TreeMap<>(Map.of(VERSION_KEY, VERSION));
        if (areIn(directory)) {
            Properties stored = new Properties();
            try (Reader in = Files.newBufferedReader(directory.resolve(FILE))) {
                stored.load(in);
            } catch (IllegalArgumentException e) {
                throw new InputException(name + ": " + FILE + ": " + e.getMessage());
            }
            String version = stored.getProperty(VERSION_KEY);
            if (!VERSION.equals(version)) {
                throw new InputException(name + ": " + FILE + ": version " + version + " (expected: " + VERSION
                        + "; a later version may have created it)");
            }
            stored.stringPropertyNames().forEach(key -> values.put(key, stored.getProperty(key)));
        }
        return new KeptOptions(directory, values);
    }

    /** Returns whether a run has kept its options in a directory. */
    static boolean areIn(Path directory) {
        return Files.exists(directory.resolve(FILE), LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Returns the value of an option that topics and checkpoints depend on, for this run and all later ones.
     *
     * @param given null if the option was not given
     * @param initial for the first run
     * @throws InputException if the run before had another value
     */
    public String settle(String option, @Nullable String given, String initial) throws InputException {
        String value = recall(option, given, initial);
        String before = values.getOrDefault(key(option), value);
        if (!before.equals(value)) {
            throw new InputException(
                    option + ": " + value + " (expected: " + before + ", with which " + directory + " was created)");
        }
        keep(option, value);
        return value;
    }

    /** Returns the value of an option, or if it was not given, that of the run before, or else {@code initial}. */
    public String recall(String option, @Nullable String given, String initial) {
        return given == null ? values.getOrDefault(key(option), initial) : given;
    }

    /**
     * Returns an integer as {@link #recall} does.
     *
     * @throws InputException if the run before has left anything else
     */
    public int number(String option, @Nullable Integer given, int initial) throws InputException {
        String value = recall(option, given == null ? null : given.toString(), Integer.toString(initial));
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new InputException(
                    directory + "/" + FILE + ": " + key(option) + ": " + value + " (expected: an integer)");
        }
    }

    /** Keeps the value of an option for the next run. */
    public void keep(String option, String value) {
        if (directory != null) {
            values.put(key(option), value);
        }
    }

    private static String key(String option) {
        return option.replaceFirst("^--", "");
    }

    /** Writes what the next run needs. */
    public void save() throws IOException {
        if (directory == null) {
            return;
        }
        Properties properties = new Properties();
        properties.putAll(values);
        StringWriter stored = new StringWriter();
        properties.store(stored, null);
        // Without the comment with the time.
        String text = stored.toString()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .sorted()
                .map(line -> line + "\n")
                .collect(Collectors.joining());
        try (Draft draft = Draft.beside(directory.resolve(FILE))) {
            draft.out().write(text.getBytes(UTF_8));
            draft.complete();
        }
    }
}
