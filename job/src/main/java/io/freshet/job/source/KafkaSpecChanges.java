package io.freshet.job.source;

import io.freshet.job.record.SpecChange;
import io.freshet.job.specs.SpecChangeLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The models topic as a log of changes: a position is an offset of its only partition. */
public final class KafkaSpecChanges implements SpecChangeLog {
    private static final long serialVersionUID = 1;
    /** Waits for an answer that is on its way. The reader polls again soon. */
    private static final Duration POLL = Duration.ofMillis(10);
    /** How long the job waits for the topic before it starts without knowing the changes since its checkpoint. */
    private static final Duration CONNECT = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(KafkaSpecChanges.class);

    private final Properties properties;
    private final String topic;
    private final long start;
    private final boolean bounded;

    /**
     * @param properties of the consumer, including the bootstrap servers
     * @param topic name of the models topic
     * @param start offset after the specifications that the job starts with
     * @param bounded whether the samples stream is bounded; if it is, changes after the job's start are ignored
     */
    public KafkaSpecChanges(Properties properties, String topic, long start, boolean bounded) {
        this.properties = properties;
        this.topic = topic;
        this.start = start;
        this.bounded = bounded;
    }

    @Override
    public long start() {
        return start;
    }

    @Override
    public Reader open(long position) {
        return new TopicReader(position);
    }

    private final class TopicReader implements Reader {
        private final TopicPartition partition = new TopicPartition(topic, 0);
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final long end;

        TopicReader(long position) {
            Properties earliest = new Properties();
            earliest.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
            earliest.putAll(properties);
            consumer = new KafkaConsumer<>(earliest, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            consumer.assign(List.of(partition));
            consumer.seek(partition, position);
            end = end(position);
        }

        /** Returns the end of the topic, or {@code position} if the brokers do not answer. */
        private long end(long position) {
            try {
                return consumer.endOffsets(List.of(partition), CONNECT).getOrDefault(partition, position);
            } catch (TimeoutException e) {
                LOG.warn(
                        "topic {}: no answer within {} s; learning starts with the specifications known so far",
                        topic,
                        CONNECT.toSeconds(),
                        e);
                return position;
            }
        }

        @Override
        public List<Entry> poll() {
            List<Entry> entries = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                SpecChange change = !bounded || record.offset() < end ? SpecChangeReader.read(record, bounded) : null;
                if (change != null) {
                    entries.add(new Entry(change, record.offset() + 1));
                }
            }
            return entries;
        }

        @Override
        public boolean hasCaughtUp() {
            return consumer.position(partition) >= end;
        }

        @Override
        public void close() {
            consumer.close();
        }
    }
}
