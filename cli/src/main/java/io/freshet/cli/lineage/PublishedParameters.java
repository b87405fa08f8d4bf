package io.freshet.cli.lineage;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicAdmin;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.history.HistoryEntry;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import io.freshet.schemas.topic.ParameterKey;
import io.freshet.schemas.topic.Topics;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the parameters of a snapshot on the parameters topics: these keep the newest of each model and key, and older
 * ones for a while.
 */
final class PublishedParameters {
    private final HistoryEntry wanted;
    private final String address;
    private float @Nullable [] found;

    private PublishedParameters(HistoryEntry wanted) {
        this.wanted = wanted;
        address = ParameterKey.snapshot(wanted.spec().name(), wanted.key()).address();
    }

    /** Returns the parameters, or null if they are not there any more. */
    static float @Nullable [] find(KafkaOptions kafka, HistoryEntry wanted) throws CommandException {
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
            reader.readToEnd(record -> take(record, snapshots));
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record, SnapshotReader snapshots) {
        try {
            if (!ParameterKey.parse(record.key()).address().equals(address)) {
                return;
            }
            SnapshotReader.Change change = snapshots.read(record.key(), record.value());
            PublishedSnapshot snapshot = change == null ? null : change.snapshot();
            if (snapshot != null
                    && snapshot.snapshot().version() == wanted.version()
                    && snapshot.checksum() == wanted.checksum()) {
                found = snapshot.snapshot().parameters();
            }
        } catch (MalformedRecordException e) {
            // Another record than the one that is looked for, or as good as gone.
        }
    }
}
