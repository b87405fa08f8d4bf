package io.freshet.job.replica;

import io.freshet.schemas.avro.KeyedBytes;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rounds topic. Serialized with the job graph. */
public interface RoundsLog extends Serializable {
    /** For jobs without replicas, which open no log. */
    RoundsLog NONE = listener -> {
        throw new IllegalStateException("rounds topic: none (expected: one, since a model has replicas)");
    };

    /** Returns a connection with a thread of its own, which connects when a key is first followed. */
    Connection open(Listener listener);

    /** Receives records and failures on threads of the connection. */
    interface Listener {
        /** Returns when the records before these are processed, so that the reader does not run ahead. */
        void received(List<Entry> records) throws InterruptedException;

        /** Reports that everything under a key was received that was stored when {@link Connection#follow} was called. */
        void caughtUp(String key);

        /** Reports that records sent were refused, see {@link Connection#takeRefused}. */
        void refused();

        /** Reports that the topic can no longer be used. Nothing more is received, and nothing that is sent is stored. */
        void unusable(Exception failure);

        /** Reports a failure that may be gone if the job restarts, such as brokers that do not respond. */
        void failed(Exception failure);
    }

    /** Calls its listener for the records of keys, and sends records. */
    interface Connection extends AutoCloseable {
        /**
         * Reads the records of a key, and perhaps of others.
         *
         * @param start offset in the partition of the key; if negative, minus a time in milliseconds since 1970, UTC
         */
        void follow(String key, long start);

        /**
         * Sends a record.
         *
         * @param timestamp milliseconds since 1970, UTC
         * @throws InterruptedException if the task is canceled while it waits
         */
        void send(KeyedBytes record, long timestamp) throws InterruptedException;

        /**
         * Returns when each record sent is stored or refused.
         *
         * @throws Exception if the job has to restart
         */
        void flush() throws Exception;

        /** Returns why records were refused, by key, since the last call. */
        Map<String, Exception> takeRefused();

        @Override
        void close();
    }

    /**
     * A record.
     *
     * @param key as text
     * @param value null for none; not changed by anyone
     */
    record Entry(String key, long offset, @Nullable ByteBuffer value) {}
}
