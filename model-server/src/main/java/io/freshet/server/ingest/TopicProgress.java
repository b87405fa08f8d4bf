package io.freshet.server.ingest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * How far a topic is read, over all connections to it: where each partition continues, and whether the records are read that
 * it had when it was first reached. Used by the thread that reads the topic, except for {@link #caughtUp}.
 */
final class TopicProgress {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

    private final String topic;
    /** After the last record delivered of each partition. */
    private final Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
    /** The end of each partition when it was first reached. */
    private final Map<TopicPartition, Long> targets = new HashMap<>();
    /** The id of the topic that the positions belong to; null before the first answer. */
    private @Nullable Uuid id;

    private volatile boolean caughtUp;
    /** Like {@link #caughtUp}, for the topic as it was last recreated. */
    private boolean atEnd;

    TopicProgress(String topic) {
        this.topic = topic;
    }

    /** Returns whether all records have been read that the topic had when it was first reached. */
    boolean caughtUp() {
        return caughtUp;
    }

    /** Starts a connection. The topic may have been recreated since the last one. */
    void connect() {
        if (!atEnd) {
            targets.clear();
        }
    }

    /**
     * Identifies the topic; returns whether it has been recreated, and is now read from its beginning.
     *
     * @param current the id of the topic, or null if unknown
     */
    boolean identify(@Nullable Uuid current) {
        Uuid known = id;
        if (current == null || current.equals(known)) {
            return false;
        }
        id = current;
        if (known == null) {
            return false;
        }
        positions.clear();
        targets.clear();
        atEnd = false;
        return true;
    }

    /** Assigns all partitions. Continues those that were read before, and starts the others at the beginning. */
    void assign(Consumer<byte[], byte[]> from, List<PartitionInfo> partitions) {
        List<TopicPartition> all = partitions.stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        List<TopicPartition> added = new ArrayList<>(all);
        added.removeAll(from.assignment());
        from.assign(all);
        for (TopicPartition partition : added) {
            OffsetAndMetadata position = positions.get(partition);
            if (position == null) {
                from.seekToBeginning(List.of(partition));
            } else {
                from.seek(partition, position);
            }
        }
        if (!atEnd) {
            from.endOffsets(added, REQUEST_TIMEOUT).forEach(targets::putIfAbsent);
        }
    }

    /**
     * Records that the records before {@code next} are delivered; returns whether these are now, for the first time, all that the
     * topic had when it was first reached, or recreated.
     */
    boolean advance(Consumer<byte[], byte[]> from, Map<TopicPartition, OffsetAndMetadata> next) {
        positions.putAll(next);
        if (atEnd) {
            return false;
        }
        atEnd = targets.entrySet().stream()
                .allMatch(target -> from.position(target.getKey(), REQUEST_TIMEOUT) >= target.getValue());
        return atEnd;
    }

    /** Records that the sink knows about the end. */
    void reached() {
        caughtUp = true;
    }
}
