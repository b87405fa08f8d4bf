package io.freshet.job.state;

import io.freshet.learning.learner.FlatArrays;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.IntSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.jspecify.annotations.Nullable;

/**
 * Values of any size in keyed state, one for each key, cut into pages. So no stored value is larger than a page, and pages that
 * are as they were are not written again. Each piece of a large array is a page of its own, so that an array has the same pages if
 * the length of what precedes it changes a little.
 */
public final class Pages {
    private final KeyedStateBackend<String> backend;
    private final MapState<Integer, byte[]> pages;
    private final int pageBytes;

    /** Writes a value. */
    @FunctionalInterface
    public interface Writer {
        void write(DataOutput out) throws IOException;
    }

    /** @param name of the state */
    public Pages(KeyedStateBackend<String> backend, KeyedStateStore store, String name) {
        this(backend, store, name, FlatArrays.PIECE);
    }

    Pages(KeyedStateBackend<String> backend, KeyedStateStore store, String name, int pageBytes) {
        this.backend = backend;
        this.pageBytes = pageBytes;
        pages = store.getMapState(new MapStateDescriptor<>(name, IntSerializer.INSTANCE, new PageSerializer()));
    }

    /** Replaces the value of the current key. */
    public void write(Writer value) throws Exception {
        Output out = new Output();
        value.write(new DataOutputStream(out));
        out.end();
    }

    /** Returns the value of a key, of which each page is read when it is needed. The current key does not change. */
    public DataInput read(String key) {
        return new DataInputStream(new Input(key));
    }

    /** Removes the value of the current key. */
    public void clear() {
        pages.clear();
    }

    private final class Output extends OutputStream {
        private final byte[] page = new byte[pageBytes];
        private int size;
        private int number;

        @Override
        public void write(int one) throws IOException {
            if (size == pageBytes) {
                writePage();
            }
            page[size++] = (byte) one;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (length == pageBytes && size > 0) {
                writePage();
            }
            int written = 0;
            while (written < length) {
                if (size == pageBytes) {
                    writePage();
                }
                int count = Math.min(length - written, pageBytes - size);
                System.arraycopy(bytes, from + written, page, size, count);
                size += count;
                written += count;
            }
        }

        private void writePage() throws IOException {
            try {
                byte[] before = pages.get(number);
                if (before == null || !Arrays.equals(before, 0, before.length, page, 0, size)) {
                    pages.put(number, Arrays.copyOf(page, size));
                }
            } catch (Exception e) {
                throw new IOException("page " + number, e);
            }
            number++;
            size = 0;
        }

        /** Writes the last page, and removes those after it of a longer value before. */
        private void end() throws Exception {
            if (size > 0) {
                writePage();
            }
            for (; pages.contains(number); number++) {
                pages.remove(number);
            }
        }
    }

    private final class Input extends InputStream {
        private final String key;
        private byte[] page = {};
        private int at;
        private int number;

        private Input(String key) {
            this.key = key;
        }

        @Override
        public int read() throws IOException {
            return hasMore() ? page[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!hasMore()) {
                return -1;
            }
            int count = Math.min(length, page.length - at);
            System.arraycopy(page, at, bytes, from, count);
            at += count;
            return count;
        }

        private boolean hasMore() throws IOException {
            if (at == page.length) {
                byte[] next = readPage();
                if (next == null) {
                    return false;
                }
                page = next;
                at = 0;
                number++;
            }
            return true;
        }

        private byte @Nullable [] readPage() throws IOException {
            String current = backend.getCurrentKey();
            try {
                backend.setCurrentKey(key);
                return pages.get(number);
            } catch (Exception e) {
                throw new IOException("page " + number + " of " + key, e);
            } finally {
                if (current != null) {
                    backend.setCurrentKey(current);
                }
            }
        }
    }
}
