package io.freshet.cli.endtoend;

import io.freshet.job.record.SourceRecord;
import io.freshet.job.source.DemandSource;
import io.freshet.job.source.SchemaGate;
import io.freshet.job.source.SourceRecordReader;
import io.freshet.job.topology.TrainerSources;
import java.io.File;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads as the job does, and fails the job a given number of times: each time after some records and a complete checkpoint
 * that began after the first of each partition, so that the job must restore from the middle. While faults are left it
 * reads slowly, and ever more slowly without a fault, so that checkpoints complete before the records end. The counts are
 * static, since the job and the test share a JVM.
 */
final class FaultyReader implements KafkaRecordDeserializationSchema<SourceRecord> {
    private static final long serialVersionUID = 1;
    private static final int RECORDS_BETWEEN_CHECKS = 250;
    private static final long PACE_NANOS = 20_000;
    /** Upper bound of the slowdown. */
    private static final int MAXIMUM_SLOWDOWN = 25;

    private static final AtomicInteger LEFT = new AtomicInteger();
    private static final AtomicInteger FAILED = new AtomicInteger();
    private static final AtomicLong RESUMED_AT = new AtomicLong();
    private static final Set<File> KNOWN_CHECKPOINTS = ConcurrentHashMap.newKeySet();

    private final SourceRecordReader reader = new SourceRecordReader();
    private final String checkpoints;
    private final Set<Integer> partitions = new HashSet<>();
    private int seen;

    private FaultyReader(Path checkpoints) {
        this.checkpoints = checkpoints.toString();
    }

    /**
     * Returns the same sources, with samples read by this reader.
     *
     * @param directory of the cluster, with its checkpoints
     */
    static TrainerSources in(TrainerSources sources, String bootstrapServers, Path directory) {
        boolean bounded = sources.samples().source().getBoundedness() == Boundedness.BOUNDED;
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "client.id.prefix",
                "faulty",
                "commit.offsets.on.checkpoint",
                "false",
                "isolation.level",
                "read_committed",
                "max.poll.records",
                "50"));
        return sources.withSamples(new DemandSource(
                        sources.samples().topic(),
                        sources.samples().partitions(),
                        OffsetsInitializer.earliest(),
                        bounded ? OffsetsInitializer.latest() : null,
                        new FaultyReader(directory.resolve("checkpoints")),
                        properties)
                .gatedBy(SchemaGate.of(
                        sources.samples().topic(), sources.samples().format())));
    }

    static void reset(int faults) {
        LEFT.set(faults);
        FAILED.set(0);
        RESUMED_AT.set(0);
        KNOWN_CHECKPOINTS.clear();
    }

    static int failures() {
        return FAILED.get();
    }

    /** Returns the largest offset at which a restart resumed. */
    static long resumedAt() {
        return RESUMED_AT.get();
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<SourceRecord> out) {
        seen++;
        boolean first = partitions.add(record.partition());
        if (first && FAILED.get() > 0) {
            RESUMED_AT.accumulateAndGet(record.offset(), Math::max);
        }
        if (LEFT.get() > 0) {
            if (first) {
                // One that has begun may not contain any record of the partition.
                KNOWN_CHECKPOINTS.addAll(checkpoints());
            }
            LockSupport.parkNanos(PACE_NANOS * (1 + Math.min(MAXIMUM_SLOWDOWN, seen / RECORDS_BETWEEN_CHECKS)));
            if (seen % RECORDS_BETWEEN_CHECKS == 0
                    && hasNewCheckpoint()
                    && LEFT.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                FAILED.incrementAndGet();
                throw new IllegalStateException("a fault at offset " + record.offset());
            }
        }
        reader.deserialize(record, out);
    }

    /** Returns whether a checkpoint is complete that is not known yet; then it is known. */
    private boolean hasNewCheckpoint() {
        Set<File> complete = checkpoints();
        complete.removeIf(checkpoint -> !new File(checkpoint, "_metadata").exists());
        return KNOWN_CHECKPOINTS.addAll(complete);
    }

    /** Returns the directories of the checkpoints that have begun, such as {@code JOB/chk-3}. */
    private Set<File> checkpoints() {
        Set<File> found = new HashSet<>();
        for (File job : files(new File(checkpoints))) {
            found.addAll(List.of(files(job)));
        }
        found.removeIf(file -> !file.getName().startsWith("chk-"));
        return found;
    }

    private static File[] files(File directory) {
        return Objects.requireNonNullElse(directory.listFiles(), new File[0]);
    }

    @Override
    public TypeInformation<SourceRecord> getProducedType() {
        return reader.getProducedType();
    }
}
