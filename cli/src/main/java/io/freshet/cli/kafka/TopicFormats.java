package io.freshet.cli.kafka;

import io.freshet.cli.console.CommandException;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.history.HistoryCodec;
import io.freshet.schemas.history.TopicFormat;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.topic.Topics;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** Finds the format that a job recorded for its samples topic. */
public final class TopicFormats {
    private static final Duration LOOK_UP = Duration.ofSeconds(10);

    private TopicFormats() {}

    /**
     * Returns the newest recorded format of the samples topic, or null if no job has recorded one within the retention of the
     * history topic. Reads only the partition of its key.
     *
     * @throws CommandException if the record cannot be read
     */
    public static @Nullable TopicFormat find(KafkaOptions kafka, Topics topics) throws CommandException {
        byte[] key = HistoryCodec.formatKey(topics.samples());
        ConsumerRecord<byte[], byte[]> newest = null;
        try (KafkaConsumer<byte[], byte[]> consumer = kafka.consumer()) {
            List<PartitionInfo> partitions = consumer.partitionsFor(topics.history(), LOOK_UP);
            if (partitions == null || partitions.isEmpty()) {
                return null;
            }
            // As Kafka's default partitioner assigns it.
            int partition = Utils.toPositive(Utils.murmur2(key)) % partitions.size();
            List<TopicPartition> one = List.of(new TopicPartition(topics.history(), partition));
            consumer.assign(one);
            consumer.seekToBeginning(one);
            long end = consumer.endOffsets(one).getOrDefault(one.get(0), 0L);
            KnownRecords known = new KnownRecords(consumer);
            while (consumer.position(one.get(0)) < end) {
                for (ConsumerRecord<byte[], byte[]> record : known.poll()) {
                    newest = Arrays.equals(record.key(), key) ? record : newest;
                }
            }
            return newest == null ? null : new HistoryCodec(new SnapshotCodec()).readFormat(newest.value());
        } catch (MalformedRecordException e) {
            throw new CommandException("topic " + topics.history() + ", format: " + e.getMessage(), e);
        }
    }
}
