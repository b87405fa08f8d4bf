package io.freshet.cli.kafka;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.topic.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Puts snapshots together from the topics of both lanes, whose records may come mixed. Not thread-safe. */
public final class LaneReader {
    private final Map<String, SnapshotReader> readers = new HashMap<>();

    /** Returns the topics that snapshots are on; only the first must exist. */
    public static List<String> topics(Topics topics) {
        return List.of(topics.parameters(), topics.committed());
    }

    /**
     * Takes in a record.
     *
     * @return what changed, or null if nothing did yet
     * @throws MalformedRecordException if the record is not of the contract; the reader can go on
     */
    public SnapshotReader.@Nullable Change read(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
        return readers.computeIfAbsent(record.topic(), topic -> new SnapshotReader())
                .read(record.key(), record.value());
    }
}
