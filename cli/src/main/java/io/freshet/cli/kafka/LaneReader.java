package io.freshet.cli.kafka;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Assembles snapshots from the parameters topics of both lanes, whose records may be interleaved. Not thread-safe. */
public final class LaneReader {
    private final Map<String, SnapshotReader> readers = new HashMap<>();

    /** Returns the parameters topics; only the first must exist. */
    public static List<String> topics(Topics topics) {
        return List.of(topics.parameters(), topics.committed());
    }

    /**
     * Adds a record.
     *
     * @return what changed, or null if nothing did
     * @throws MalformedRecordException if the record is malformed; the reader remains usable
     */
    public SnapshotReader.@Nullable Change read(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
        return readers.computeIfAbsent(record.topic(), topic -> new SnapshotReader())
                .read(record.key(), record.value());
    }
}
