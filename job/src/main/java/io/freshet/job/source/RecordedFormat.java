package io.freshet.job.source;

import io.freshet.schemas.avro.KeyedBytes;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.kafka.Topics;
import io.freshet.schemas.snapshot.HistoryCodec;
import io.freshet.schemas.snapshot.SnapshotCodec;
import io.freshet.schemas.snapshot.TopicFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records the format of the samples topic on the history topic, where tools and the join find it. */
public final class RecordedFormat {
    private static final String AVRO = "avro";
    private static final Duration LOOK_UP = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CHECK = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(RecordedFormat.class);

    /** The history topic is too long to read before a start. */
    private static final class CheckTooLongException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private RecordedFormat() {}

    /** @throws KafkaException if the history topic cannot be written */
    public static void write(KafkaCluster kafka, Topics topics, TopicFormat format, Instant now)
            throws InterruptedException {
        KeyedBytes record = new HistoryCodec(new SnapshotCodec()).write(format, now.toEpochMilli());
        Properties properties = kafka.properties(Map.of("max.block.ms", "30000", "delivery.timeout.ms", "60000"));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topics.history(), record.key(), record.value()))
                    .get();
        } catch (ExecutionException e) {
            throw new KafkaException("topic " + topics.history() + ": not written", e.getCause());
        }
    }

    /**
     * Returns the newest recorded format of the samples topic, or null if no job has recorded one within the retention of the
     * history topic. Reads only the partition of its key.
     *
     * @param poll waits briefly for the next records of the consumer
     * @throws MalformedRecordException if the record cannot be read
     */
    public static @Nullable TopicFormat find(
            KafkaConsumer<byte[], byte[]> consumer, Topics topics, Supplier<ConsumerRecords<byte[], byte[]>> poll)
            throws MalformedRecordException {
        byte[] key = HistoryCodec.formatKey(topics.samples());
        ConsumerRecord<byte[], byte[]> newest = null;
        List<PartitionInfo> partitions = consumer.partitionsFor(topics.history(), LOOK_UP);
        if (partitions == null || partitions.isEmpty()) {
            return null;
        }
        // As Kafka's default partitioner assigns it.
        int partition = Utils.toPositive(Utils.murmur2(key)) % partitions.size();
        TopicPartition one = new TopicPartition(topics.history(), partition);
        consumer.assign(List.of(one));
        consumer.seekToBeginning(List.of(one));
        long end = consumer.endOffsets(List.of(one)).getOrDefault(one, 0L);
        while (consumer.position(one) < end) {
            for (ConsumerRecord<byte[], byte[]> record : poll.get()) {
                newest = Arrays.equals(record.key(), key) ? record : newest;
            }
        }
        return newest == null ? null : new HistoryCodec(new SnapshotCodec()).readFormat(newest.value());
    }

    /**
     * Checks that the trainer reads the samples topic in the format that the join writes, if the trainer has run. Gives up after a
     * while, since readers of the samples may wait for the join.
     *
     * @throws IllegalArgumentException if it reads another
     * @throws KafkaException if the history topic cannot be read
     */
    public static void requireAvro(KafkaCluster kafka, Topics topics, InstantSource clock) {
        Properties properties = kafka.properties(Map.of(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false"));
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Instant end = clock.instant().plus(CHECK);
            TopicFormat recorded = find(consumer, topics, () -> {
                if (clock.instant().isAfter(end)) {
                    throw new CheckTooLongException();
                }
                return consumer.poll(POLL);
            });
            if (recorded != null && !recorded.format().equals(AVRO)) {
                throw new IllegalArgumentException("topic " + topics.samples() + ": the trainer reads "
                        + recorded.format() + " (expected: " + AVRO + ", which the join writes)");
            }
        } catch (CheckTooLongException e) {
            LOG.warn(
                    "topic {}: the format of {} is not found within {} s, and not checked (expected: {})",
                    topics.history(),
                    topics.samples(),
                    CHECK.toSeconds(),
                    AVRO);
        } catch (MalformedRecordException e) {
            throw new KafkaException("topic " + topics.history() + ", format: " + e.getMessage(), e);
        }
    }
}
