package io.freshet.cli.tail;

import io.freshet.cli.console.CommandException;
import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.KnownRecords;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Looks up the original records of dead letters, if their topic still has them. Dead letters are mostly in the order of their
 * records, so the records that follow one found are kept.
 */
final class OriginalRecords implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    /** Records read last, by offset: all that {@link #partition} has from {@link #from} up to the consumer's position. */
    private final Map<Long, ConsumerRecord<byte[], byte[]>> read = new HashMap<>();

    private @Nullable TopicPartition partition;
    private long from;

    OriginalRecords(KafkaOptions kafka) throws CommandException {
        consumer = kafka.consumer();
    }

    /** Returns the record at an offset, or null if the topic no longer has it. */
    @Nullable ConsumerRecord<byte[], byte[]> find(TopicPartition wanted, long offset) {
        if (!wanted.equals(partition) || offset < from || offset >= consumer.position(wanted)) {
            readFrom(wanted, offset);
        }
        return read.get(offset);
    }

    private void readFrom(TopicPartition wanted, long offset) {
        List<TopicPartition> one = List.of(wanted);
        read.clear();
        partition = wanted;
        from = offset;
        consumer.assign(one);
        long first = consumer.beginningOffsets(one).getOrDefault(wanted, 0L);
        long end = consumer.endOffsets(one).getOrDefault(wanted, 0L);
        consumer.seek(wanted, offset);
        KnownRecords known = new KnownRecords(consumer);
        while (offset >= first && offset < end && consumer.position(wanted) <= offset) {
            known.poll().forEach(record -> read.put(record.offset(), record));
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
