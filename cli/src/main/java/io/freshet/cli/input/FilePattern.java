package io.freshet.cli.input;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** Finds the files that a pattern such as {@code data/2026-*.csv} selects. */
final class FilePattern {
    private FilePattern() {}

    /**
     * Returns the files that a pattern selects, sorted by path; a file without {@code *}, {@code ?}, <code>[</code>, or
     * <code>{</code> in its name is returned as it is.
     *
     * @throws InputException if a pattern is malformed, or selects no file
     */
    static List<Path> expand(Path given) throws InputException {
        int fixed = 0;
        while (fixed < given.getNameCount() && !isPattern(given.getName(fixed))) {
            fixed++;
        }
        if (fixed == given.getNameCount() || Files.exists(given)) {
            return List.of(given);
        }
        Path pattern = given.subpath(fixed, given.getNameCount());
        Path start = given.getRoot() == null ? Path.of("") : given.getRoot();
        Path folder = fixed == 0 ? start : start.resolve(given.subpath(0, fixed));
        List<Path> selected = find(given, folder, pattern);
        if (selected.isEmpty()) {
            throw new InputException(given, "no file matches (expected: at least one)");
        }
        return selected;
    }

    private static boolean isPattern(Path name) {
        return name.toString().chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
    }

    private static PathMatcher matcher(Path given, Path pattern) throws InputException {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        } catch (PatternSyntaxException e) {
            throw new InputException(
                    given, "no such file, and no pattern: " + e.getDescription() + " (expected: one such as *.csv)", e);
        }
    }

    private static List<Path> find(Path given, Path folder, Path pattern) throws InputException {
        PathMatcher matcher = matcher(given, pattern);
        int depth = pattern.toString().contains("**") ? Integer.MAX_VALUE : pattern.getNameCount();
        try (Stream<Path> files = Files.walk(folder, depth)) {
            return files.filter(file -> Files.isRegularFile(file) && matcher.matches(folder.relativize(file)))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new InputException(given, "cannot be listed: " + e.getMessage(), e);
        }
    }
}
