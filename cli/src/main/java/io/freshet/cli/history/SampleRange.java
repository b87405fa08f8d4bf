package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.KnownRecords;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The records of one partition, from an offset to the end that the partition had when it was opened. */
final class SampleRange implements AutoCloseable {
    private static final Duration LOOK_UP = Duration.ofSeconds(10);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final long end;
    private final KnownRecords known;
    private Iterator<ConsumerRecord<byte[], byte[]>> polled = Collections.emptyIterator();

    private SampleRange(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long end) {
        this.consumer = consumer;
        this.partition = partition;
        this.end = end;
        known = new KnownRecords(consumer);
    }

    /**
     * Opens a partition.
     *
     * @param first offset to read
     * @param last offset that must exist
     * @throws CommandException if the partition does not exist, or lacks some of these offsets
     */
    static SampleRange open(KafkaOptions kafka, TopicPartition partition, long first, long last)
            throws CommandException {
        KafkaConsumer<byte[], byte[]> consumer = kafka.consumer();
        try {
            List<TopicPartition> single = List.of(partition);
            List<PartitionInfo> found = consumer.partitionsFor(partition.topic(), LOOK_UP);
            if (found == null || found.stream().noneMatch(info -> info.partition() == partition.partition())) {
                throw unexpected(
                        partition,
                        "does not exist",
                        "the partition that was learned from; --samples selects another topic");
            }
            consumer.assign(single);
            long begin = consumer.beginningOffsets(single).getOrDefault(partition, 0L);
            long end = consumer.endOffsets(single).getOrDefault(partition, 0L);
            if (begin > first) {
                throw unexpected(
                        partition,
                        "starts at offset " + begin + "; earlier records were deleted",
                        "offset " + first + ", the first one learned");
            }
            if (end <= last) {
                throw unexpected(partition, "ends at offset " + end, "offset " + last + ", the last one learned");
            }
            consumer.seek(partition, first);
            return new SampleRange(consumer, partition, end);
        } catch (KafkaException e) {
            consumer.close();
            throw kafka.failure("topic " + partition.topic(), e);
        } catch (CommandException | RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    private static CommandException unexpected(TopicPartition partition, String actual, String expected) {
        return new CommandException("topic " + partition.topic() + ", partition " + partition.partition() + ": "
                + actual + " (expected: " + expected + ")");
    }

    /** Returns the next record, or null at the end. */
    @Nullable ConsumerRecord<byte[], byte[]> next() {
        while (!polled.hasNext()) {
            if (consumer.position(partition) >= end) {
                return null;
            }
            polled = known.poll().iterator();
        }
        return polled.next();
    }

    @Override
    public void close() {
        consumer.close();
    }
}
