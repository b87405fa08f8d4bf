package io.freshet.faults.checkpoint;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.core.fs.BlockLocation;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;

/**
 * The local file system as {@code faulty://}, whose writes fail or block during a {@link Disruption}. A JVM has at most
 * one disruption at a time.
 */
final class FaultyFileSystem extends FileSystem {
    private static final URI NAME = URI.create("faulty:///");
    private static final AtomicLong WRITES_LEFT = new AtomicLong(Long.MAX_VALUE);
    private static volatile CountDownLatch gate = new CountDownLatch(0);
    /** A Linux device whose writes fail with the system's own error for a full disk. */
    private static final Path FULL = new Path("/dev/full");

    private static volatile boolean isFull;

    private final FileSystem local = LocalFileSystem.getSharedInstance();

    /** Registered in {@code META-INF/services}. */
    public static final class Factory implements FileSystemFactory {
        @Override
        public String getScheme() {
            return NAME.getScheme();
        }

        @Override
        public FileSystem create(URI uri) {
            return new FaultyFileSystem();
        }
    }

    /** Affects writes until it is closed. */
    interface Disruption extends AutoCloseable {
        @Override
        void close();
    }

    /** Lets the next {@code writes} writes succeed and fails the rest. */
    static Disruption failAfter(long writes) {
        WRITES_LEFT.set(writes);
        return FaultyFileSystem::restore;
    }

    /** Blocks all writes. */
    static Disruption stall() {
        gate = new CountDownLatch(1);
        return FaultyFileSystem::restore;
    }

    /** Leaves no space for files created from now on. */
    static Disruption fill() {
        isFull = true;
        return FaultyFileSystem::restore;
    }

    private static void restore() {
        WRITES_LEFT.set(Long.MAX_VALUE);
        isFull = false;
        gate.countDown();
    }

    private static void beforeWrite(Path path) throws IOException {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(path + ": interrupted");
        }
        if (WRITES_LEFT.getAndUpdate(left -> Math.max(0, left - 1)) <= 0) {
            throw new IOException(path + ": no more writes");
        }
    }

    @Override
    public FSDataOutputStream create(Path path, WriteMode mode) throws IOException {
        beforeWrite(path);
        return new Output(path, isFull ? local.create(FULL, WriteMode.OVERWRITE) : local.create(path, mode));
    }

    private static final class Output extends FSDataOutputStream {
        private final Path path;
        private final FSDataOutputStream out;

        Output(Path path, FSDataOutputStream out) {
            this.path = path;
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            beforeWrite(path);
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            beforeWrite(path);
            out.write(bytes, offset, length);
        }

        @Override
        public long getPos() throws IOException {
            return out.getPos();
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }

        @Override
        public void sync() throws IOException {
            out.sync();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    @Override
    public Path getWorkingDirectory() {
        return local.getWorkingDirectory();
    }

    @Override
    public Path getHomeDirectory() {
        return local.getHomeDirectory();
    }

    @Override
    public URI getUri() {
        return NAME;
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
        return local.getFileStatus(path);
    }

    @Override
    public BlockLocation[] getFileBlockLocations(FileStatus file, long start, long length) throws IOException {
        return local.getFileBlockLocations(file, start, length);
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
        return local.open(path, bufferSize);
    }

    @Override
    public FSDataInputStream open(Path path) throws IOException {
        return local.open(path);
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
        return local.listStatus(path);
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        return local.delete(path, recursive);
    }

    @Override
    public boolean mkdirs(Path path) throws IOException {
        return local.mkdirs(path);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        return local.rename(from, to);
    }

    @Override
    public boolean isDistributedFS() {
        return false;
    }
}
