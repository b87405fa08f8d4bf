package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.SamplesTopic;
import io.freshet.job.decode.SampleFactory;
import io.freshet.job.source.SourceRecordReader;
import io.freshet.learning.features.Lineage;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.predict.Snapshot;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.learning.yaml.Plural;
import io.freshet.schemas.snapshot.FloatBytes;
import io.freshet.schemas.snapshot.HistoryEntry;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Finds or rebuilds a snapshot: as published, or from the samples topic, with the command-line options that locate it. */
public final class Rebuilder {
    private static final long PROGRESS_NANOS = 10_000_000_000L;

    @Mixin
    private SamplesTopic samples = new SamplesTopic();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    public SamplesTopic samples() {
        return samples;
    }

    public KafkaOptions kafka() {
        return samples.kafka();
    }

    public String topic(HistoryEntry entry) {
        return samples.name(entry.topic());
    }

    /**
     * Returns a snapshot as it was published or, if it no longer is, learns its samples again.
     *
     * @throws CommandException as {@link #rebuild} does, or if the parameters are not those that were published
     */
    public Snapshot find(HistoryEntry entry, History history) throws CommandException {
        Snapshot published = PublishedParameters.find(kafka(), entry);
        if (published != null) {
            return published;
        }
        command.commandLine()
                .getErr()
                .printf(
                        Locale.ROOT,
                        "version %d: no longer published; replaying its %s%n",
                        entry.version(),
                        Plural.of(entry.lineage().position(), "sample"));
        Snapshot rebuilt = rebuild(entry, history.specs(entry));
        long checksum = FloatBytes.checksum(rebuilt.parameters());
        if (checksum != entry.checksum()) {
            throw new CommandException("version " + entry.version() + ": replayed parameters have checksum "
                    + FloatBytes.checksumText(checksum) + " (expected: " + FloatBytes.checksumText(entry.checksum())
                    + ", as published; freshet replay lists what can differ)");
        }
        return rebuilt;
    }

    /**
     * Learns the samples again.
     *
     * @param specs of the changes of the snapshot's lineage
     * @throws CommandException if samples are missing, or their order was not recorded, or which records were samples
     */
    Snapshot rebuild(HistoryEntry entry, List<ModelSpec> specs) throws CommandException {
        requireSameRecords(entry, specs);
        ReplicaSettings replicas = entry.spec().replicas();
        if (replicas != null) {
            return rebuildReplicas(entry, specs.get(0), replicas.count());
        }
        requireOrder(entry, specs);
        Replay replay = new Replay(entry, specs, WarmStarts.read(kafka(), specs), samples.format(topic(entry)));
        Map<Integer, SampleRange> ranges = open(entry);
        try {
            learn(replay, ranges, entry);
        } finally {
            ranges.values().forEach(SampleRange::close);
        }
        return replay.snapshot();
    }

    private Map<Integer, SampleRange> open(HistoryEntry entry) throws CommandException {
        Lineage lineage = entry.lineage();
        Map<Integer, SampleRange> ranges = new TreeMap<>();
        try {
            for (int i = 0; i < lineage.partitions().length; i++) {
                TopicPartition partition = new TopicPartition(topic(entry), lineage.partitions()[i]);
                ranges.put(
                        partition.partition(),
                        SampleRange.open(kafka(), partition, lineage.firstOffsets()[i], lineage.offsets()[i]));
            }
        } catch (CommandException | RuntimeException e) {
            ranges.values().forEach(SampleRange::close);
            throw e;
        }
        return ranges;
    }

    /**
     * Learns the samples of replicas again. Replicas that start from scratch count their rounds from 1, so several origins may have had
     * the version.
     *
     * @param first specification; the rounds topic has the others
     */
    private Snapshot rebuildReplicas(HistoryEntry entry, ModelSpec first, int count) throws CommandException {
        List<ModelSpec> one = List.of(first);
        Learner learner = Replay.learner(first, WarmStarts.read(kafka(), one), one);
        Snapshot snapshot = null;
        for (MergedRounds.Log log : MergedRounds.read(kafka(), entry.spec(), entry.version())) {
            Map<Integer, SampleRange> ranges = open(entry);
            try {
                SampleFactory decoder = new SampleFactory(samples.format(topic(entry)), one);
                PartitionTurns turns = new PartitionTurns(ranges, log.orders(), count, decoder);
                snapshot =
                        new ReplicaReplay(learner, turns).snapshot(log.rounds()).withSpec(entry.spec());
            } finally {
                ranges.values().forEach(SampleRange::close);
            }
            if (FloatBytes.checksum(snapshot.parameters()) == entry.checksum()) {
                return snapshot;
            }
        }
        return Objects.requireNonNull(snapshot, "at least one origin has rounds");
    }

    private void learn(Replay replay, Map<Integer, SampleRange> ranges, HistoryEntry entry) throws CommandException {
        long position = entry.lineage().position();
        long reported = System.nanoTime();
        while (!replay.isComplete()) {
            SampleRange range = ranges.get(replay.partition());
            ConsumerRecord<byte[], byte[]> record = range == null ? null : range.next();
            if (record == null) {
                throw new CommandException(String.format(
                        Locale.ROOT,
                        "topic %s, partition %d: %s for the model (expected: the %,d that version %d received)",
                        topic(entry),
                        replay.partition(),
                        Plural.of(replay.position(), "sample"),
                        position,
                        entry.version()));
            }
            replay.receive(SourceRecordReader.read(record));
            if (System.nanoTime() - reported > PROGRESS_NANOS) {
                reported = System.nanoTime();
                PrintWriter err = command.commandLine().getErr();
                err.printf(Locale.ROOT, "replay: %,d of %s%n", replay.position(), Plural.of(position, "sample"));
            }
        }
    }

    /** A change records its first sample, hence one partition. Others switched at offsets that are not recorded. */
    private static void requireSameRecords(HistoryEntry entry, List<ModelSpec> specs) throws CommandException {
        int partitions = entry.lineage().partitions().length;
        for (int i = 1; i < specs.size(); i++) {
            ModelSpec before = specs.get(i - 1);
            ModelSpec after = specs.get(i);
            boolean selectsOthers =
                    !Objects.equals(before.stream().when(), after.stream().when());
            if ((partitions > 1 || after.replicas() != null)
                    && (selectsOthers || !before.fields().equals(after.fields()))) {
                throw new CommandException(String.format(
                        Locale.ROOT,
                        "version %d: learned from %s with a change of %s at sample %,d (expected: one partition, or no"
                                + " such change, since the offset at which each partition switched is not recorded)",
                        entry.version(),
                        Plural.of(partitions, "partition"),
                        selectsOthers ? "when" : "the label, key, weight, samplingRate, or id",
                        entry.lineage().changes().get(i).position()));
            }
        }
    }

    private static void requireOrder(HistoryEntry entry, List<ModelSpec> specs) throws CommandException {
        int partitions = entry.lineage().partitions().length;
        if (partitions == 1) {
            return;
        }
        String version = "version " + entry.version() + ": learned from " + partitions + " partitions ";
        if (!entry.lineage().isOrdered()) {
            throw new CommandException(
                    version + "in an unrecorded order (expected: all samples of a model and key in one"
                            + " partition, or order: strict from the first sample)");
        }
        // Samples buffered during the change were encoded with the old specification and learned with the new one.
        if (specs.stream().map(ModelSpec::holdout).distinct().count() > 1
                || specs.stream()
                                .map(spec -> spec.stream().deduplicateMillis() > 0)
                                .distinct()
                                .count()
                        > 1) {
            throw new CommandException(version + "with a change of holdout, or of deduplicate to or from 0"
                    + " (expected: neither, since the samples buffered during a change are not recorded)");
        }
    }
}
