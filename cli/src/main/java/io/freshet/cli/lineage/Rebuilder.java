package io.freshet.cli.lineage;

import io.freshet.cli.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.job.source.SourceRecordReader;
import io.freshet.learning.learner.Lineage;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.schemas.HistoryEntry;
import io.freshet.schemas.input.RecordFormat;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Rebuilds the parameters of a snapshot from the samples that it says it learned.
 *
 * @param kafka where they are
 * @param samples their topic, or null for the one that the snapshot names
 * @param format of the records
 * @param err for a line now and then that says how far it is
 */
record Rebuilder(KafkaOptions kafka, @Nullable String samples, RecordFormat format, PrintWriter err) {
    private static final long PROGRESS_NANOS = 10_000_000_000L;

    String topic(HistoryEntry entry) {
        return samples == null ? entry.topic() : samples;
    }

    /**
     * Learns the samples again.
     *
     * @param specs of the changes of the snapshot's lineage
     * @throws CommandException if the samples are not all there, or their order is not known
     */
    float[] rebuild(HistoryEntry entry, List<ModelSpec> specs) throws CommandException {
        Lineage lineage = entry.lineage();
        requireOrder(entry);
        Replay replay = new Replay(entry, specs, WarmStarts.read(kafka, specs), format);
        TopicPartition partition = new TopicPartition(topic(entry), lineage.partitions()[0]);
        try (SampleRange range = SampleRange.open(kafka, partition, lineage.firstOffsets()[0], lineage.offsets()[0])) {
            long shown = System.nanoTime();
            while (!replay.isComplete() && range.hasMore()) {
                for (ConsumerRecord<byte[], byte[]> record : range.poll()) {
                    replay.take(SourceRecordReader.read(record));
                }
                if (System.nanoTime() - shown > PROGRESS_NANOS) {
                    shown = System.nanoTime();
                    err.printf(Locale.ROOT, "replay: %,d of %,d samples%n", replay.position(), lineage.position());
                }
            }
        }
        if (!replay.isComplete()) {
            throw new CommandException(String.format(
                    Locale.ROOT,
                    "topic %s, partition %d: %,d samples for the model (expected: the %,d that came to version %d)",
                    partition.topic(),
                    partition.partition(),
                    replay.position(),
                    lineage.position(),
                    entry.version()));
        }
        return replay.parameters();
    }

    private static void requireOrder(HistoryEntry entry) throws CommandException {
        int partitions = entry.lineage().partitions().length;
        if (partitions != 1) {
            throw new CommandException("version " + entry.version() + ": learned from " + partitions
                    + " partitions, in the order in which their samples arrived, which nothing has kept"
                    + " (expected: samples of one model and key from one partition)");
        }
    }
}
