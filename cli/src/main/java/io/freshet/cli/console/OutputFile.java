package io.freshet.cli.console;

import io.freshet.cli.input.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that a command writes at its end, checked at its start. */
public final class OutputFile {
    private OutputFile() {}

    /** @throws InputException if the file is not null and cannot be written or created */
    public static void requireWritable(@Nullable Path file) throws InputException {
        if (file != null) {
            Path target = Files.exists(file) ? file : file.toAbsolutePath().getParent();
            if (Files.isDirectory(file) || target == null || !Files.isWritable(target)) {
                throw new InputException(file + ": cannot be written (expected: a file in a writable folder)");
            }
        }
    }
}
