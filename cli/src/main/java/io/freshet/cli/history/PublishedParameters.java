package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.predict.Snapshot;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.ParameterKey;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.HistoryEntry;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Finds a snapshot with its parameters on the parameters topics. These retain the newest snapshot of each model key, and
 * older ones until compaction.
 */
final class PublishedParameters {
    private final HistoryEntry wanted;
    private final String modelKey;
    private @Nullable Snapshot found;

    private PublishedParameters(HistoryEntry wanted) {
        this.wanted = wanted;
        modelKey = ParameterKey.snapshot(wanted.spec().name(), wanted.key()).modelKey();
    }

    /** Returns the snapshot, or null if it is no longer on the topics. */
    static @Nullable Snapshot find(KafkaOptions kafka, HistoryEntry wanted) throws CommandException {
        Topics topics = kafka.topics(null);
        PublishedParameters search = new PublishedParameters(wanted);
        List<String> names = List.of(topics.parameters(), topics.committed());
        try (TopicAdmin admin = new TopicAdmin(kafka)) {
            for (String topic : admin.find(names).keySet()) {
                search.read(kafka, topic);
            }
        }
        return search.found;
    }

    private void read(KafkaOptions kafka, String topic) throws CommandException {
        SnapshotReader snapshots = new SnapshotReader();
        try (TopicReader reader = TopicReader.open(kafka, topic)) {
            reader.readToEnd(record -> add(record, snapshots));
        }
    }

    private void add(ConsumerRecord<byte[], byte[]> record, SnapshotReader snapshots) {
        try {
            if (!ParameterKey.parse(record.key()).modelKey().equals(modelKey)) {
                return;
            }
            SnapshotReader.Change change = snapshots.read(record.key(), record.value());
            PublishedSnapshot snapshot = change == null ? null : change.snapshot();
            if (snapshot != null
                    && snapshot.snapshot().version() == wanted.version()
                    && snapshot.checksum() == wanted.checksum()) {
                found = snapshot.snapshot();
            }
        } catch (MalformedRecordException e) {
            // Another record, or treated as missing.
        }
    }
}
