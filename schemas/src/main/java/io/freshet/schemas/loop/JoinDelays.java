package io.freshet.schemas.loop;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The delays from requests to their first outcomes, of closed requests only: those of open requests are not known in full, and
 * short ones would be counted more often than they occur.
 *
 * @param bounds upper bounds, in milliseconds, ascending
 * @param counts requests with a delay up to each bound, and beyond the last: one more than bounds; both are empty if unknown
 * @param lateShare share of the requests whose first outcome arrived later than {@code join.after}, 0 to 1; null if there are none
 */
public record JoinDelays(
        List<Long> bounds, List<Long> counts, @Nullable Double lateShare) {
    public static final JoinDelays NONE = new JoinDelays(List.of(), List.of(), null);

    /** @throws IllegalArgumentException if bounds and counts do not fit */
    public JoinDelays {
        bounds = List.copyOf(bounds);
        counts = List.copyOf(counts);
        if (counts.size() != (bounds.isEmpty() ? 0 : bounds.size() + 1)) {
            throw new IllegalArgumentException(
                    "delays: " + counts.size() + ", not one for each of " + bounds.size() + " delayBounds and beyond");
        }
        for (int i = 1; i < bounds.size(); i++) {
            if (bounds.get(i) <= bounds.get(i - 1)) {
                throw new IllegalArgumentException("delayBounds: " + bounds.get(i) + ", not above the one before");
            }
        }
        for (long count : counts) {
            if (count < 0) {
                throw new IllegalArgumentException("delays: " + count + ", not at least 0");
            }
        }
    }

    /** Returns the number of requests with an outcome. */
    public long requests() {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Returns the bound below which at least a share of the delays lies, in milliseconds; null without delays, and if it lies beyond
     * the last bound.
     *
     * @param share in (0, 1]
     */
    public @Nullable Long quantile(double share) {
        double rank = share * requests();
        long sum = 0;
        for (int i = 0; i < bounds.size(); i++) {
            sum += counts.get(i);
            if (sum > 0 && sum >= rank) {
                return bounds.get(i);
            }
        }
        return null;
    }
}
