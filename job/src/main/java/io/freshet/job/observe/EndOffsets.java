package io.freshet.job.observe;

import java.io.Serializable;

/** Reads the end offsets of the samples topic. Shipped with the job graph; used by one thread at a time. */
public interface EndOffsets extends Serializable {
    /**
     * Returns the offset after the last record of each partition, by its number; 0 for a missing partition.
     *
     * @throws RuntimeException if the offsets are not available now
     */
    long[] read();

    /** Closes the connection, if there is one. */
    default void close() {}
}
