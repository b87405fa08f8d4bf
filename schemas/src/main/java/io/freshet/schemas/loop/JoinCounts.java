package io.freshet.schemas.loop;

import java.util.EnumMap;
import java.util.Map;

/**
 * The counts of a join.
 *
 * @param values without the counts that are 0; not changed
 */
public record JoinCounts(Map<JoinCount, Long> values) {
    public static final JoinCounts NONE = new JoinCounts(Map.of());

    /** @param values in the order of {@link JoinCount} */
    public static JoinCounts of(long[] values) {
        Map<JoinCount, Long> counts = new EnumMap<>(JoinCount.class);
        for (JoinCount count : JoinCount.values()) {
            if (values[count.ordinal()] != 0) {
                counts.put(count, values[count.ordinal()]);
            }
        }
        return new JoinCounts(counts);
    }

    public long get(JoinCount count) {
        return values.getOrDefault(count, 0L);
    }
}
