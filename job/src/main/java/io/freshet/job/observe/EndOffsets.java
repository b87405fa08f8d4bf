package io.freshet.job.observe;

import java.io.Serializable;

/** Says where the samples topic ends. Travels with the job; used by one thread at a time. */
public interface EndOffsets extends Serializable {
    /**
     * Returns, by the number of the partition, the offset after its last record; 0 for one that there is not.
     *
     * @throws RuntimeException if it cannot be known now
     */
    long[] look();

    /** Lets go of the connection, if there is one. */
    default void close() {}
}
