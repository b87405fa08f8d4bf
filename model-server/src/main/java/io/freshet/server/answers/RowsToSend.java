package io.freshet.server.answers;

import io.freshet.learning.features.InvalidSampleException;
import io.freshet.server.body.RequestException;
import org.jspecify.annotations.Nullable;

/** The rows of a request that a topic receives. Used by one thread. */
public interface RowsToSend {
    /**
     * A record of the topic.
     *
     * @param key null for any partition
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Encoded(byte @Nullable [] key, byte[] value) {}

    /** Returns the id of the request, or null. */
    @Nullable String id();

    int count();

    /**
     * Returns the record of a row, which rows are asked for in order.
     *
     * @throws InvalidSampleException if the row is rejected
     * @throws RequestException the same
     */
    Encoded encode(int row) throws InvalidSampleException, RequestException;
}
