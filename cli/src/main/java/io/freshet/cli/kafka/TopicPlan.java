package io.freshet.cli.kafka;

import io.freshet.schemas.avro.ExportFormat;
import io.freshet.schemas.kafka.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The settings that Freshet needs for a topic.
 *
 * @param partitions to create it with
 * @param fixed whether no other partition count works
 * @param compacted whether the newest record of each key is kept forever, instead of all records for a limited time
 * @param settings to create it with, except {@code cleanup.policy}
 */
public record TopicPlan(String name, int partitions, boolean fixed, boolean compacted, Map<String, String> settings) {
    /** Rolls and cleans segments early, so that a new reader receives few outdated records. */
    private static final Map<String, String> COMPACTION = Map.of(
            "min.cleanable.dirty.ratio", "0.1",
            "segment.bytes", Integer.toString(64 << 20),
            "segment.ms", "600000");

    /**
     * A trainer that fails between the blocks of a snapshot and its manifest leaves unusable blocks. Compaction must
     * not remove the previous snapshot's blocks before the trainer restarts, so the lag exceeds failure detection plus
     * restart. The committed lane does not need this: uncommitted blocks replace nothing.
     */
    private static final Map<String, String> EAGER_SNAPSHOTS = with(COMPACTION, "min.compaction.lag.ms", "300000");

    /**
     * A job that was away applies each change in turn, so that it resets what others reset. Deletions and specifications that were
     * replaced must stay until it is back.
     */
    private static final Map<String, String> SPECIFICATIONS = with(COMPACTION, "min.compaction.lag.ms", "604800000");

    private static final Map<String, String> SEVEN_DAYS = Map.of("retention.ms", "604800000");

    private static final Map<String, String> THIRTY_DAYS = Map.of("retention.ms", "2592000000");

    /** Of Kafka, which refuses smaller ones. */
    private static final long SMALLEST_SEGMENT = 1 << 20;

    /** Segments of a limited partition. */
    private static final int SEGMENTS = 16;

    /** Returns all topics of a deployment. */
    public static List<TopicPlan> of(Topics topics, int partitions) {
        return List.of(
                new TopicPlan(topics.samples(), partitions, false, false, Map.of()),
                new TopicPlan(topics.models(), 1, true, true, SPECIFICATIONS),
                new TopicPlan(topics.parameters(), partitions, false, true, EAGER_SNAPSHOTS),
                new TopicPlan(topics.committed(), partitions, false, true, COMPACTION),
                new TopicPlan(topics.history(), partitions, false, false, THIRTY_DAYS),
                new TopicPlan(topics.rounds(), partitions, false, false, SEVEN_DAYS),
                new TopicPlan(topics.metrics(), 1, false, false, SEVEN_DAYS),
                new TopicPlan(topics.deadLetters(), 1, false, false, Map.of()));
    }

    /** Returns the topics of the copies of metrics and history, each with the settings of its original. */
    public static List<TopicPlan> exports(Topics topics, int partitions, ExportFormat format) {
        List<String> originals = List.of(topics.history(), topics.metrics());
        return of(topics, partitions).stream()
                .filter(plan -> originals.contains(plan.name()))
                .map(plan -> new TopicPlan(
                        format.topic(plan.name()), plan.partitions(), plan.fixed(), plan.compacted(), plan.settings()))
                .toList();
    }

    /** Returns the topic of the answers that servers log. */
    public static TopicPlan answers(Topics topics, int partitions) {
        return new TopicPlan(topics.answers(), partitions, false, false, SEVEN_DAYS);
    }

    /** Returns the topics of the join: what it reads, and where it writes outcomes that it cannot join. */
    public static List<TopicPlan> loop(Topics topics, int partitions) {
        return List.of(
                answers(topics, partitions),
                new TopicPlan(topics.outcomes(), partitions, false, false, SEVEN_DAYS),
                new TopicPlan(topics.unjoined(), 1, false, false, SEVEN_DAYS));
    }

    private static Map<String, String> with(Map<String, String> settings, String key, String value) {
        Map<String, String> extended = new HashMap<>(settings);
        extended.put(key, value);
        return Map.copyOf(extended);
    }

    /** Returns the same plan with another number of partitions. */
    public TopicPlan with(int otherPartitions) {
        return new TopicPlan(name, otherPartitions, fixed, compacted, settings);
    }

    /**
     * Returns the same plan for a topic that keeps little: compressed, in small segments, and unless it is compacted, at most
     * {@code bytes} and a segment.
     */
    public TopicPlan limited(long bytes) {
        long each = bytes / partitions;
        Map<String, String> limited = new HashMap<>(settings);
        limited.put("compression.type", "zstd");
        limited.put("segment.bytes", Long.toString(Math.max(SMALLEST_SEGMENT, each / SEGMENTS)));
        if (!compacted) {
            limited.put("retention.bytes", Long.toString(each));
        }
        return new TopicPlan(name, partitions, fixed, compacted, Map.copyOf(limited));
    }

    public String cleanupPolicy() {
        return compacted ? "compact" : "delete";
    }
}
