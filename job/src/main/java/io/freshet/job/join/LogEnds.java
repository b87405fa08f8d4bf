package io.freshet.job.join;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Asks where the logs of all partitions start and end. Used by one thread. */
public interface LogEnds {
    /**
     * Where one log starts and ends: it has nothing to read before the start, and nothing at the end or after it.
     *
     * @param end also of records that are not committed yet, which are earlier than records that come later
     */
    record Log(long start, long end) {
        /** The log of a partition whose broker does not answer. */
        public static final Log UNKNOWN = new Log(0, Long.MAX_VALUE);
        /** A log without records. */
        static final Log EMPTY = new Log(0, 0);

        boolean isEmpty() {
            return start >= end;
        }
    }

    /**
     * Returns the logs of all partitions that exist.
     *
     * @throws Exception if no broker answers
     */
    Map<TopicPartition, Log> read() throws Exception;

    /** Closes the connection, if any. Called by any thread. */
    default void close() {}
}
