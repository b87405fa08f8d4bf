package io.freshet.learning.join;

import io.freshet.learning.spec.JoinSpec;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** What the join of one id receives, in the order of arrival. All times are milliseconds of event time. */
sealed interface Arrival {
    /** The features of an id. */
    record Request(long time, boolean exposed) implements Arrival {}

    /**
     * One outcome of an id.
     *
     * @param value a {@code Double}, a {@code String}, or null if the record is only an exposure
     */
    record Outcome(
            long time,
            int partition,
            long offset,
            @Nullable String outcomeId,
            @Nullable Object value,
            boolean exposed) implements Arrival {
        /** By time, ties by partition, then offset. */
        static final Comparator<Outcome> ORDER = Comparator.comparingLong(Outcome::time)
                .thenComparingInt(Outcome::partition)
                .thenComparingLong(Outcome::offset);
    }

    /** Event time has reached {@code time}. */
    record Watermark(long time) implements Arrival {}

    /** The model has another specification from now on. */
    record Changed(JoinSpec join) implements Arrival {}
}
