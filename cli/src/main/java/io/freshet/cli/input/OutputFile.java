package io.freshet.cli.input;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.freshet.schemas.snapshot.Draft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file that a command writes, from {@link CommandFiles}. A regular file keeps its contents until the new ones are
 * complete. A device, a pipe, or {@code /dev/stdout} is written directly, and never truncated.
 *
 * @param option that names the file
 * @param path as given
 * @param target of the symbolic links
 * @param replaced whether the file is replaced as a whole, rather than written directly
 */
public record OutputFile(String option, Path path, Path target, boolean replaced) {
    private static final int MAXIMUM_LINKS = 40;

    static OutputFile of(String option, Path path) throws IOException {
        Path target = path.toAbsolutePath();
        boolean special = isSpecial(target);
        for (int i = 0; !special && Files.isSymbolicLink(target); i++) {
            if (i == MAXIMUM_LINKS) {
                throw new InputException(option + ": " + path + ": too many symbolic links (expected: a file)");
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
            special = isSpecial(target);
        }
        OutputFile file = new OutputFile(option, path, target, !special);
        file.requireWritable();
        return file;
    }

    /** {@code /dev/stdout} leads to such a link to an open file, which cannot be replaced. */
    private static boolean isSpecial(Path file) {
        return file.startsWith("/dev/fd") || file.startsWith("/proc") || isStream(file);
    }

    private static boolean isStream(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    }

    private void requireWritable() throws InputException {
        Path folder = target.getParent();
        // Of a file whose name is too long, nothing is known: it neither exists nor is missing.
        boolean writable = replaced
                ? folder != null && Files.isWritable(folder) && (Files.notExists(target) || Files.isWritable(target))
                : Files.isWritable(target);
        if (!writable || Files.isDirectory(target)) {
            throw new InputException(
                    option + ": " + path + ": cannot be written (expected: a file in a writable folder)");
        }
    }

    /** Whether writing this file would change the contents of another. */
    boolean isSameFile(Path other) throws IOException {
        return Files.exists(path) && !isStream(path) && Files.exists(other) && Files.isSameFile(path, other);
    }

    /** Files that do not exist yet are the same if a file system that ignores case could not tell them apart. */
    boolean isSameFile(OutputFile other) throws IOException {
        if (Files.exists(path) || Files.exists(other.path)) {
            return isSameFile(other.path);
        }
        Path folder = target.getParent();
        Path otherFolder = other.target.getParent();
        return folder != null
                && otherFolder != null
                && String.valueOf(target.getFileName()).equalsIgnoreCase(String.valueOf(other.target.getFileName()))
                && Files.isSameFile(folder, otherFolder);
    }

    /** Starts new contents of the file. */
    public Draft open() throws IOException {
        return replaced ? Draft.beside(target) : Draft.into(target);
    }

    /** Replaces the contents of the file. */
    public void write(byte[] contents) throws IOException {
        try (Draft draft = open()) {
            draft.out().write(contents);
            draft.complete();
        }
    }

    /** Replaces the contents of the file by a text in UTF-8. */
    public void write(String contents) throws IOException {
        write(contents.getBytes(UTF_8));
    }
}
