package io.freshet.cli.kafka;

import io.freshet.schemas.topic.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A topic as Freshet needs it.
 *
 * @param name of the topic
 * @param partitions to create it with
 * @param fixed whether it may have no other number of partitions
 * @param compacted whether it keeps the newest record of each key for ever, or every record for a while
 * @param settings to create it with, but for {@code cleanup.policy}
 */
public record TopicPlan(String name, int partitions, boolean fixed, boolean compacted, Map<String, String> settings) {
    /** Rolled and cleaned early, so that a reader who starts meets few records that are outdated. */
    private static final Map<String, String> COMPACTION = Map.of(
            "min.cleanable.dirty.ratio", "0.1",
            "segment.bytes", Integer.toString(64 << 20),
            "segment.ms", "600000");

    /**
     * A trainer that dies after the blocks of a snapshot and before its manifest leaves blocks that nobody can use. Those
     * of the snapshot before stay meanwhile: longer than it takes to notice and to start again. Where both are one
     * transaction, what was not committed replaces nothing.
     */
    private static final Map<String, String> EAGER_SNAPSHOTS = with(COMPACTION, "min.compaction.lag.ms", "300000");

    private static final Map<String, String> SEVEN_DAYS = Map.of("retention.ms", "604800000");

    private static final Map<String, String> THIRTY_DAYS = Map.of("retention.ms", "2592000000");

    /** Returns all topics of one Freshet. */
    public static List<TopicPlan> of(Topics topics, int partitions) {
        return List.of(
                new TopicPlan(topics.samples(), partitions, false, false, Map.of()),
                new TopicPlan(topics.models(), 1, true, true, COMPACTION),
                new TopicPlan(topics.parameters(), partitions, false, true, EAGER_SNAPSHOTS),
                new TopicPlan(topics.committed(), partitions, false, true, COMPACTION),
                new TopicPlan(topics.history(), partitions, false, false, THIRTY_DAYS),
                new TopicPlan(topics.metrics(), 1, false, false, SEVEN_DAYS),
                new TopicPlan(topics.deadLetters(), 1, false, false, Map.of()));
    }

    private static Map<String, String> with(Map<String, String> settings, String key, String value) {
        Map<String, String> more = new HashMap<>(settings);
        more.put(key, value);
        return Map.copyOf(more);
    }

    public String cleanupPolicy() {
        return compacted ? "compact" : "delete";
    }
}
