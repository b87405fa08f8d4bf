package io.freshet.cli.embedded;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Deletes a directory with everything in it. Symbolic links are deleted, not followed. Files that another thread deletes
 * meanwhile are ignored. The marker of a {@link TemporaryDirectory} goes last, so that the next start deletes what this one left.
 */
final class DeletedTree extends SimpleFileVisitor<Path> {
    private final Path marker;

    private DeletedTree(Path root) {
        marker = root.resolve(TemporaryDirectory.MARKER);
    }

    /** Deletes a directory, if it exists. */
    static void delete(Path directory) throws IOException {
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.walkFileTree(directory, new DeletedTree(directory));
        }
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        if (!file.equals(marker)) {
            Files.deleteIfExists(file);
        }
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
        if (e instanceof NoSuchFileException) {
            return FileVisitResult.CONTINUE;
        }
        throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
        if (e != null && !(e instanceof NoSuchFileException)) {
            throw e;
        }
        if (directory.equals(marker.getParent())) {
            Files.deleteIfExists(marker);
        }
        Files.deleteIfExists(directory);
        return FileVisitResult.CONTINUE;
    }
}
