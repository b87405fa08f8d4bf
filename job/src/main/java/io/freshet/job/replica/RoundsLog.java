package io.freshet.job.replica;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the rounds topic. Serialized with the job graph. */
public interface RoundsLog extends Serializable {
    /** Has no records, for jobs without replicas. */
    RoundsLog NONE = listener -> new Reader() {
        @Override
        public void follow(String key, long start) {}

        @Override
        public void close() {}
    };

    /** Opens a reader with a thread of its own, which connects when a key is first followed. */
    Reader open(Listener listener);

    /** Receives records on the reader's thread. */
    interface Listener {
        /** Returns when the records are processed, so that the reader does not run ahead. */
        void received(List<Entry> records) throws InterruptedException;

        /** Receives the failure that ended the reader. */
        void failed(Exception failure);
    }

    /** Calls its listener for the records of keys. */
    interface Reader extends AutoCloseable {
        /**
         * Reads the records of a key, and perhaps of others.
         *
         * @param start offset in the partition of the key; if negative, minus a time in milliseconds since 1970, UTC
         */
        void follow(String key, long start);

        @Override
        void close();
    }

    /**
     * A record.
     *
     * @param key as text
     * @param value null for none
     */
    record Entry(String key, long offset, byte @Nullable [] value) {}
}
