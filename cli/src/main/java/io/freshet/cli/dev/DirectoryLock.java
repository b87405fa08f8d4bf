package io.freshet.cli.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A lock on a directory: a file in it that contains the id of the process, and that the process has locked. The operating
 * system releases it when the process ends in any way. The file stays. Its name shows what the directory is for.
 *
 * <p>A process must not open the file of a lock that it holds: closing the file would release the lock.
 */
final class DirectoryLock implements AutoCloseable {
    private static final int MAXIMUM_ID_BYTES = 32;

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Creates the file in a directory that no other process knows yet. It appears with its lock. */
    static DirectoryLock create(Path file) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        DirectoryLock lock = take(draft, StandardOpenOption.CREATE_NEW);
        if (lock == null) {
            throw new IOException(draft + ": locked by another process");
        }
        try {
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            return lock;
        } catch (IOException e) {
            lock.close();
            throw e;
        }
    }

    /** Locks the file, and creates it if it is missing; returns null if another process, or this one, has locked it. */
    static @Nullable DirectoryLock take(Path file) throws IOException {
        return take(file, StandardOpenOption.CREATE);
    }

    /** Locks a file that exists; returns null if it is in use. */
    static @Nullable DirectoryLock takeOver(Path file) throws IOException {
        return take(file, StandardOpenOption.WRITE);
    }

    private static @Nullable DirectoryLock take(Path file, StandardOpenOption creation) throws IOException {
        FileChannel channel = FileChannel.open(file, creation, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try {
            if (channel.tryLock() != null) {
                channel.truncate(0);
                channel.write(ByteBuffer.wrap(
                        Long.toString(ProcessHandle.current().pid()).getBytes(UTF_8)));
                return new DirectoryLock(channel);
            }
        } catch (OverlappingFileLockException e) {
            // Held by this process.
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return null;
    }

    /** Returns {@code process 123}, or {@code another process} if its id cannot be read. */
    static String owner(Path file) {
        try (var in = Files.newInputStream(file)) {
            String id = new String(in.readNBytes(MAXIMUM_ID_BYTES), UTF_8);
            return id.matches("\\d{1,10}") ? "process " + id : "another process";
        } catch (IOException e) {
            return "another process";
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
