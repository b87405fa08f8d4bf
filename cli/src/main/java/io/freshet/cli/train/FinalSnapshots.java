package io.freshet.cli.train;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.embedded.LocalStack;
import io.freshet.cli.kafka.LaneReader;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.PublishedSnapshot;
import io.freshet.schemas.snapshot.SnapshotReader;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The last snapshot that a job published of each model key, in either lane.
 *
 * @param byModel by the model's name, then by key
 */
record FinalSnapshots(Map<String, SortedMap<String, PublishedSnapshot>> byModel) {
    /** Reads the snapshots of a job that has ended. */
    static FinalSnapshots read(LocalStack stack) throws CommandException {
        FinalSnapshots snapshots = new FinalSnapshots(new TreeMap<>());
        LaneReader lanes = new LaneReader();
        try (TopicReader reader = TopicReader.open(stack.kafkaOptions(), LaneReader.topics(stack.topics()))) {
            reader.readToEnd(record -> {
                try {
                    snapshots.add(lanes.read(record));
                } catch (MalformedRecordException e) {
                    throw new IllegalStateException(
                            "the job wrote a snapshot that cannot be read: " + e.getMessage(), e);
                }
            });
        }
        return snapshots;
    }

    private void add(SnapshotReader.@Nullable Change change) {
        if (change != null && change.snapshot() != null) {
            byModel.computeIfAbsent(change.key().model(), model -> new TreeMap<>())
                    .put(change.key().key(), change.snapshot());
        }
    }

    /** Returns the snapshots of a model, in the order of its keys. */
    SortedMap<String, PublishedSnapshot> of(String model) {
        return byModel.getOrDefault(model, new TreeMap<>());
    }
}
