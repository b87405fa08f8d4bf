package io.freshet.cli.feed;

import io.freshet.schemas.kafka.ReasonGroup;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts rejected rows by reason, regardless of the value that was rejected. Not thread-safe. */
public final class RejectReasons {
    /** Field names are bounded, but a parser's messages are not. */
    private static final int MAXIMUM_REASONS = 1000;

    private static final String OTHER = "other reasons";

    private final Map<String, RejectReason> reasons = new LinkedHashMap<>();
    private long rows;

    public void add(long row, String reason) {
        rows++;
        String group = ReasonGroup.of(reason);
        String key = reasons.containsKey(group) || reasons.size() < MAXIMUM_REASONS ? group : OTHER;
        reasons.merge(key, new RejectReason(reason, 1, row), (known, one) -> known.plusOne());
    }

    /** Returns the number of rejected rows. */
    public long rows() {
        return rows;
    }

    /** Returns the reasons, the most frequent first. */
    public List<RejectReason> all() {
        return reasons.values().stream()
                .sorted(RejectReason.MOST_FREQUENT_FIRST)
                .toList();
    }
}
