package io.freshet.job.observe;

import java.io.Serializable;

/** Reads the end offsets of the samples topic. Serialized with the job graph, and used by one thread at a time. */
public interface EndOffsets extends Serializable {
    /**
     * Returns the offset after the last record of each partition, indexed by partition; 0 for a missing partition.
     *
     * @throws RuntimeException if the offsets are currently unavailable
     */
    long[] read();

    /** Closes the connection, if any. */
    default void close() {}
}
