package io.freshet.cli.deadletters;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Looks up the original records of dead letters, if their topic still has them. */
final class OriginalRecords implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;

    OriginalRecords(KafkaOptions kafka) throws CommandException {
        consumer = kafka.consumer();
    }

    /** Returns the record at an offset, or null if the topic no longer has it. */
    @Nullable ConsumerRecord<byte[], byte[]> find(TopicPartition partition, long offset) {
        List<TopicPartition> one = List.of(partition);
        consumer.assign(one);
        long first = consumer.beginningOffsets(one).getOrDefault(partition, 0L);
        long end = consumer.endOffsets(one).getOrDefault(partition, 0L);
        if (offset < first || offset >= end) {
            return null;
        }
        consumer.seek(partition, offset);
        while (consumer.position(partition) <= offset) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                return record.offset() == offset ? record : null;
            }
        }
        return null;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
