package io.freshet.cli.kafka;

import io.freshet.cli.console.CommandException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Reads all partitions of topics. Uses no group and commits no offsets, so other consumers are unaffected. */
public final class TopicReader implements AutoCloseable {
    private static final Duration LOOK_UP = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(50);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;

    private TopicReader(KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        this.consumer = consumer;
        this.partitions = partitions;
    }

    /**
     * Opens a topic at its beginning.
     *
     * @throws CommandException if the topic does not exist
     */
    public static TopicReader open(KafkaOptions kafka, String topic) throws CommandException {
        return open(kafka, List.of(topic));
    }

    /**
     * Opens topics at their beginning.
     *
     * @param topics the first must exist; missing others are ignored
     * @throws CommandException if the first does not exist
     */
    public static TopicReader open(KafkaOptions kafka, List<String> topics) throws CommandException {
        KafkaConsumer<byte[], byte[]> consumer = kafka.consumer();
        try {
            List<TopicPartition> partitions = new ArrayList<>();
            for (String topic : topics) {
                List<PartitionInfo> found = consumer.partitionsFor(topic, LOOK_UP);
                if (found != null) {
                    found.forEach(partition -> partitions.add(new TopicPartition(topic, partition.partition())));
                }
                if (partitions.isEmpty()) {
                    throw missing(topic);
                }
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            return new TopicReader(consumer, partitions);
        } catch (KafkaException e) {
            consumer.close();
            throw kafka.failure("topic " + topics.get(0), e);
        } catch (CommandException | RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    static CommandException missing(String topic) {
        return new CommandException("topic " + topic + ": does not exist (expected: freshet topics create)");
    }

    /**
     * Passes every record up to the current end of the topics.
     *
     * @throws org.apache.kafka.common.errors.TimeoutException if brokers do not send them
     */
    public void readToEnd(Consumer<ConsumerRecord<byte[], byte[]>> action) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        KnownRecords known = new KnownRecords(consumer);
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            known.poll().forEach(action);
        }
    }

    /**
     * Continues with the last {@code records}, divided equally among the partitions.
     *
     * @return the partitions with earlier records
     */
    public Set<TopicPartition> skipToLast(long records) {
        long each = -Math.floorDiv(-records, partitions.size());
        Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
        Set<TopicPartition> skipped = new HashSet<>();
        consumer.endOffsets(partitions).forEach((partition, end) -> {
            long start = first.getOrDefault(partition, 0L);
            consumer.seek(partition, Math.max(start, end - each));
            if (start < end - each) {
                skipped.add(partition);
            }
        });
        return skipped;
    }

    /** Continues with the first records that are not older than a time, in milliseconds since 1970, UTC. */
    public void skipTo(long time) {
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, time));
        consumer.offsetsForTimes(times).forEach((partition, found) -> {
            if (found == null) {
                consumer.seekToEnd(List.of(partition));
            } else {
                consumer.seek(partition, found.offset());
            }
        });
    }

    /**
     * Continues after the last existing record.
     *
     * @return the number of records skipped, at most: markers of transactions and compacted records are among them
     */
    public long skipToEnd() {
        Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
        consumer.seekToEnd(partitions);
        return partitions.stream()
                .mapToLong(partition -> consumer.position(partition) - first.getOrDefault(partition, 0L))
                .sum();
    }

    /** Waits briefly for the next records, and returns them, if any. */
    public ConsumerRecords<byte[], byte[]> poll() {
        return consumer.poll(POLL);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
