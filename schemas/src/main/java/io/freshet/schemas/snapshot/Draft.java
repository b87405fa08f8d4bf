package io.freshet.schemas.snapshot;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * New contents of a file. They are written to a temporary file in the same folder, which only its owner can read, and which
 * replaces the file at {@link #complete}. Until then, the file stays as it was. Closing an incomplete draft, or the end of the
 * process, deletes the temporary file. Complete contents are never deleted: if they can be written nowhere else, they stay in the
 * temporary file.
 */
public final class Draft implements Closeable {
    private final OutputStream out;
    private final Path file;
    /** Null if the file is written directly, or all contents are written. */
    private volatile @Nullable Path temporary;
    /** A process that is interrupted does not reach its finally blocks. */
    private final Thread atExit = new Thread(this::discardAtExit);

    private Draft(OutputStream out, Path file, @Nullable Path temporary) {
        this.out = out;
        this.file = file;
        this.temporary = temporary;
    }

    /** Starts a draft that replaces a file. */
    public static Draft beside(Path file) throws IOException {
        // The file's own name may leave no room for more.
        Path temporary = Files.createTempFile(file.resolveSibling(""), ".freshet-", ".tmp");
        Draft draft = new Draft(Files.newOutputStream(temporary, StandardOpenOption.WRITE), file, temporary);
        Runtime.getRuntime().addShutdownHook(draft.atExit);
        return draft;
    }

    /** Writes directly into a device or a pipe, or at the end of the file that is the standard output. */
    public static Draft into(Path file) throws IOException {
        return new Draft(Files.newOutputStream(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND), file, null);
    }

    /** Returns where the contents are written. */
    public OutputStream out() {
        return out;
    }

    /**
     * Replaces the file by the contents written so far, which are all. Buffers above the stream must be flushed.
     *
     * @throws IOException also if the contents remain in the temporary file, which the message names
     */
    public void complete() throws IOException {
        out.close();
        Path contents = temporary;
        if (contents == null) {
            return;
        }
        try {
            setPermissions(contents);
            Files.move(contents, file, StandardCopyOption.ATOMIC_MOVE);
            temporary = null;
        } catch (IOException e) {
            // A mounted file, or one of another user in a folder such as /tmp, can be written but not replaced.
            temporary = null;
            overwrite(contents);
        }
    }

    /** Sets the permissions of the file that is replaced, or of a new file. */
    private void setPermissions(Path contents) throws IOException {
        if (!Files.getFileStore(contents).supportsFileAttributeView("posix")) {
            return;
        }
        if (Files.exists(file)) {
            Files.setPosixFilePermissions(contents, Files.getPosixFilePermissions(file));
            return;
        }
        // They depend on the process and the folder, and only a new file shows them.
        Path example = Files.createFile(contents.resolveSibling(contents.getFileName() + ".new"));
        try {
            Files.setPosixFilePermissions(contents, Files.getPosixFilePermissions(example));
        } finally {
            Files.delete(example);
        }
    }

    private void overwrite(Path contents) throws IOException {
        StandardOpenOption option =
                Files.exists(file) ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.CREATE_NEW;
        try (InputStream in = Files.newInputStream(contents);
                OutputStream to =
                        Files.newOutputStream(file, StandardOpenOption.WRITE, option, LinkOption.NOFOLLOW_LINKS)) {
            in.transferTo(to);
        } catch (IOException e) {
            throw new IOException(
                    file + ": cannot be replaced: " + e.getMessage() + "; the new contents are in " + contents, e);
        }
        Files.delete(contents);
    }

    private void discardAtExit() {
        try {
            discard();
        } catch (IOException e) {
            // The process ends, and nobody reads a message.
        }
    }

    private void discard() throws IOException {
        Path incomplete = temporary;
        if (incomplete != null) {
            Files.deleteIfExists(incomplete);
        }
    }

    @Override
    public void close() throws IOException {
        try (out) {
            discard();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The process ends, and the hook has nothing left to delete.
        }
    }
}
