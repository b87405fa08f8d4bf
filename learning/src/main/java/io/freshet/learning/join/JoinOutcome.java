package io.freshet.learning.join;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One outcome of a request.
 *
 * @param time event time, milliseconds
 * @param partition that it was read from
 * @param offset in the partition
 * @param value as a label of the model, the number of a class for names of classes; NaN if it has none. An outcome without a
 *     value doubles no other
 * @param outcomeId of which one outcome counts; null if it has none
 * @param exposed whether it reports an exposure
 * @param content the record itself, kept while the request is unknown; null once it is known
 */
public record JoinOutcome(
        long time,
        int partition,
        long offset,
        double value,
        @Nullable String outcomeId,
        boolean exposed,
        byte @Nullable [] content) {
    /** Event time, then partition and offset: an order that does not depend on arrival. */
    static final Comparator<JoinOutcome> ORDER = Comparator.comparingLong(JoinOutcome::time)
            .thenComparingInt(JoinOutcome::partition)
            .thenComparingLong(JoinOutcome::offset);

    boolean hasValue() {
        return !Double.isNaN(value);
    }

    long contentLength() {
        return content == null ? 0 : content.length;
    }

    /** Returns whether one of the two counts at most: both have a value, and the same outcome id, or none and the same content. */
    boolean isDuplicateOf(JoinOutcome other) {
        if (!hasValue() || !other.hasValue()) {
            return false;
        }
        return outcomeId == null
                ? other.outcomeId == null && time == other.time && hasSameValueAs(other)
                : outcomeId.equals(other.outcomeId);
    }

    boolean repeats(JoinOutcome other) {
        return time == other.time && isDuplicateOf(other) && hasSameValueAs(other);
    }

    JoinOutcome exposedLike(boolean shown) {
        return new JoinOutcome(time, partition, offset, value, outcomeId, shown, content);
    }

    boolean hasSameValueAs(JoinOutcome other) {
        return value == other.value || (!hasValue() && !other.hasValue());
    }

    /** Returns only the exposure of this outcome. */
    JoinOutcome withoutValue() {
        return new JoinOutcome(time, partition, offset, Double.NaN, null, exposed, null);
    }

    JoinOutcome withoutContent() {
        return content == null ? this : new JoinOutcome(time, partition, offset, value, outcomeId, exposed, null);
    }
}
