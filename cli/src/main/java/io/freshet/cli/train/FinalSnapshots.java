package io.freshet.cli.train;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.embedded.LocalStack;
import io.freshet.cli.kafka.LaneReader;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.topic.ParameterKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The last snapshot that a job published of each model key, in either lane. Only the records of these are decoded. */
final class FinalSnapshots {
    private final Map<Source, Records> last = new LinkedHashMap<>();

    /** A model key in one lane. */
    private record Source(String topic, String modelKey) {}

    /** The newest records of a model key. */
    private static final class Records {
        /** Blocks received since the last manifest. A job that failed may have left them without one. */
        private final Map<Integer, ConsumerRecord<byte[], byte[]>> pending = new TreeMap<>();
        /** The newest blocks before the last manifest. */
        private final Map<Integer, ConsumerRecord<byte[], byte[]>> blocks = new TreeMap<>();

        private @Nullable ConsumerRecord<byte[], byte[]> manifest;

        void add(int block, ConsumerRecord<byte[], byte[]> record) {
            if (block != ParameterKey.SNAPSHOT) {
                pending.put(block, record);
                return;
            }
            manifest = record;
            blocks.putAll(pending);
            pending.clear();
        }
    }

    /** Reads the snapshots of a job that has ended. Returns them by the model's name, then by key. */
    static Map<String, SortedMap<String, PublishedSnapshot>> read(LocalStack stack) throws CommandException {
        FinalSnapshots snapshots = new FinalSnapshots();
        try (TopicReader reader = TopicReader.open(stack.kafkaOptions(), LaneReader.topics(stack.topics()))) {
            reader.readToEnd(snapshots::add);
        }
        return snapshots.decode();
    }

    /** Keeps a record until a newer one replaces it. Ignores tombstones: the last snapshot of an expired key counts. */
    void add(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        try {
            ParameterKey key = ParameterKey.parse(record.key());
            last.computeIfAbsent(new Source(record.topic(), key.modelKey()), source -> new Records())
                    .add(key.block(), record);
        } catch (MalformedRecordException e) {
            throw unreadable(e);
        }
    }

    /** Returns the snapshots by the model's name, then by key. */
    Map<String, SortedMap<String, PublishedSnapshot>> decode() {
        Map<String, SortedMap<String, PublishedSnapshot>> byModel = new TreeMap<>();
        LaneReader lanes = new LaneReader();
        for (Records records : last.values()) {
            try {
                for (ConsumerRecord<byte[], byte[]> block : records.blocks.values()) {
                    lanes.read(block);
                }
                SnapshotReader.Change change = records.manifest == null ? null : lanes.read(records.manifest);
                if (change != null && change.snapshot() != null) {
                    byModel.computeIfAbsent(change.key().model(), model -> new TreeMap<>())
                            .put(change.key().key(), change.snapshot());
                }
            } catch (MalformedRecordException e) {
                throw unreadable(e);
            }
        }
        return byModel;
    }

    private static IllegalStateException unreadable(MalformedRecordException e) {
        return new IllegalStateException("the job wrote a snapshot that cannot be read: " + e.getMessage(), e);
    }
}
