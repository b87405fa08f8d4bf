package io.freshet.faults.chaos;

import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.snapshot.RoundsRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Watches the rounds topic for messages of several parts, to be between two of them. */
final class PartWatch {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long PATIENCE_SECONDS = 120;

    private PartWatch() {}

    /** Returns once the newest record of a partition is the first part of a message, and others are still to come. */
    static void awaitFirstPart(String bootstrapServers, String topic, int partitions) throws MalformedRecordException {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, partitions)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(all);
            consumer.seekToEnd(all);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!endsWithFirstPart(consumer.poll(POLL), all)) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(topic + ": no message of several parts within " + PATIENCE_SECONDS
                            + " s (expected: one for each round)");
                }
            }
        }
    }

    private static boolean endsWithFirstPart(ConsumerRecords<byte[], byte[]> records, List<TopicPartition> all)
            throws MalformedRecordException {
        for (TopicPartition partition : all) {
            List<ConsumerRecord<byte[], byte[]>> own = records.records(partition);
            if (!own.isEmpty()) {
                RoundsRecord newest = RoundsRecord.read(own.get(own.size() - 1).value());
                if (newest.part() == 0 && newest.parts() > 1) {
                    return true;
                }
            }
        }
        return false;
    }
}
