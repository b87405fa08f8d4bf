package io.freshet.faults.checkpoint;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk of 4 MiB. */
record SmallDisk(Path path) implements AutoCloseable {
    private static final String FILLER = "filler";
    private static final byte[] PAGE = new byte[4096];

    /** Mounts a disk, or skips the test if this process lacks the permission. */
    static SmallDisk mount(Path path) throws Exception {
        Files.createDirectories(path);
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", path.toString());
        assumeTrue(mounted, "skipped: mounting a small disk is not permitted");
        return new SmallDisk(path);
    }

    /** Fills the free space. */
    void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(path.resolve(FILLER), CREATE, APPEND)) {
            while (true) {
                out.write(PAGE);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw e;
            }
        }
    }

    void free() throws IOException {
        Files.delete(path.resolve(FILLER));
    }

    @Override
    public void close() throws Exception {
        if (!run("umount", path.toString())) {
            throw new IllegalStateException(path + ": still mounted");
        }
    }

    private static boolean run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
