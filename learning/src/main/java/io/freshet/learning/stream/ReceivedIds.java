package io.freshet.learning.stream;

import io.freshet.learning.features.SampleId;
import org.jspecify.annotations.Nullable;

/**
 * Stores the received ids of one model key by period of event time.
 *
 * @param <E> thrown by reading and writing
 */
public interface ReceivedIds<E extends Exception> {
    /** Returns the window in milliseconds, then the stored periods, oldest first; null if nothing is stored. */
    long @Nullable [] periods() throws E;

    /** @param periods as {@link #periods()} returns them; never changed afterwards */
    void periods(long @Nullable [] periods) throws E;

    /** Returns the event time of the sample that had an id, or null if the period has no such id. */
    @Nullable Long eventTime(long period, SampleId id) throws E;

    void put(long period, SampleId id, long eventTime) throws E;

    /** Deletes the ids of a period. */
    void delete(long period) throws E;
}
