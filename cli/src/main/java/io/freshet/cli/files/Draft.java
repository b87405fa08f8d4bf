package io.freshet.cli.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * New contents of a file. They are written to a temporary file in the same folder, which replaces the file at {@link
 * #complete}. Until then, the file stays as it was. Closing an incomplete draft, or the end of the process, deletes the
 * temporary file.
 */
public final class Draft implements Closeable {
    private final OutputStream out;
    private final Path file;
    /** Null if the file is written directly, or the draft is complete. */
    private @Nullable Path temporary;

    private Draft(OutputStream out, Path file, @Nullable Path temporary) {
        this.out = out;
        this.file = file;
        this.temporary = temporary;
    }

    /** Starts a draft that replaces a file. */
    static Draft beside(Path file) throws IOException {
        Path temporary = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        OutputStream out = Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        // A command that is interrupted does not reach its finally blocks.
        temporary.toFile().deleteOnExit();
        return new Draft(out, file, temporary);
    }

    /** Writes directly into a device or a pipe. */
    static Draft into(Path file) throws IOException {
        return new Draft(Files.newOutputStream(file), file, null);
    }

    /** Returns where the contents are written. */
    public OutputStream out() {
        return out;
    }

    /** Replaces the file by the contents written so far, which are all. Buffers above the stream must be flushed. */
    public void complete() throws IOException {
        out.close();
        if (temporary != null) {
            keepPermissions(temporary);
            move(temporary);
            temporary = null;
        }
    }

    private void keepPermissions(Path to) throws IOException {
        if (Files.exists(file) && Files.getFileStore(file).supportsFileAttributeView("posix")) {
            Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(file));
        }
    }

    private void move(Path from) throws IOException {
        try {
            Files.move(from, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public void close() throws IOException {
        try (out) {
            if (temporary != null) {
                Files.deleteIfExists(temporary);
            }
        }
    }
}
