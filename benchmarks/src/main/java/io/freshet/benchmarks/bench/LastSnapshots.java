package io.freshet.benchmarks.bench;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.learning.evaluation.Metrics;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.history.HistoryCodec;
import io.freshet.schemas.history.HistoryEntry;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.topic.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The last snapshot that a trainer published of each model key, without the parameters.
 *
 * @param byKey by the key, which is empty for a model without one
 */
record LastSnapshots(Map<String, HistoryEntry> byKey) {
    /** Reads the history topic of a job that has ended. */
    static LastSnapshots read(KafkaOptions kafka, Topics topics) throws CommandException {
        HistoryCodec codec = new HistoryCodec(new SnapshotCodec());
        Map<String, HistoryEntry> byKey = new HashMap<>();
        try (TopicReader reader = TopicReader.open(kafka, topics.history())) {
            reader.readToEnd(record -> {
                if (HistoryCodec.specification(record.key()) == null && !HistoryCodec.isFormat(record.key())) {
                    HistoryEntry entry = read(codec, record);
                    byKey.put(entry.key(), entry);
                }
            });
        }
        return new LastSnapshots(byKey);
    }

    private static HistoryEntry read(HistoryCodec codec, ConsumerRecord<byte[], byte[]> record) {
        try {
            return codec.read(record.value());
        } catch (MalformedRecordException e) {
            throw new IllegalStateException("the job wrote a history that cannot be read: " + e.getMessage(), e);
        }
    }

    /** Returns the number of samples that the snapshots contain. */
    long samples() {
        return byKey.values().stream().mapToLong(HistoryEntry::version).sum();
    }

    /** Returns the mean progressive loss of all samples; null if none was learned. */
    @Nullable Double loss() {
        double sum = 0;
        for (HistoryEntry entry : byKey.values()) {
            Metrics metrics = entry.metrics();
            sum += metrics == null ? 0 : metrics.loss() * entry.version();
        }
        return byKey.isEmpty() ? null : (Double) (sum / samples());
    }
}
