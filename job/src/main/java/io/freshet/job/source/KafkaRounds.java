package io.freshet.job.source;

import io.freshet.job.replica.RoundsLog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rounds topic in Kafka. It is not a source of the job: a source would be unbounded in a bounded run, and would send every
 * record through the exchange.
 */
public final class KafkaRounds implements RoundsLog {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(KafkaRounds.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final String topic;
    private final Properties properties;

    /** @param properties of the consumer, including the bootstrap servers */
    public KafkaRounds(String topic, Properties properties) {
        this.topic = topic;
        this.properties = properties;
    }

    @Override
    public Reader open(Listener listener) {
        return new ReaderThread(listener);
    }

    private record Start(String key, long at) {}

    private final class ReaderThread implements Reader {
        private final Listener listener;
        private final Queue<Start> starts = new ConcurrentLinkedQueue<>();
        private volatile boolean closed;
        private @Nullable KafkaConsumer<byte[], byte[]> consumer;
        private @Nullable Thread thread;

        ReaderThread(Listener listener) {
            this.listener = listener;
        }

        @Override
        public void follow(String key, long start) {
            starts.add(new Start(key, start));
            if (thread == null) {
                Thread started = new Thread(this::run, topic + " reader");
                started.setDaemon(true);
                consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                thread = started;
                started.start();
            } else if (consumer != null) {
                consumer.wakeup();
            }
        }

        private void run() {
            KafkaConsumer<byte[], byte[]> open = Objects.requireNonNull(consumer);
            try {
                while (!closed) {
                    poll(open);
                }
            } catch (InterruptedException | InterruptException e) {
                LOG.debug("topic {}: reader stopped", topic);
            } catch (RuntimeException e) {
                if (!closed) {
                    listener.failed(e);
                }
            } finally {
                // An interrupted thread could not close the connection.
                Thread.interrupted();
                open.close();
            }
        }

        private void poll(KafkaConsumer<byte[], byte[]> open) throws InterruptedException {
            List<Entry> entries = new ArrayList<>();
            try {
                for (Start start = starts.peek(); start != null; start = starts.peek()) {
                    seek(open, start);
                    starts.remove();
                }
                for (ConsumerRecord<byte[], byte[]> record : open.poll(POLL)) {
                    String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
                    entries.add(new Entry(key, record.offset(), record.value()));
                }
            } catch (WakeupException e) {
                // There is another key to follow, or the reader is closed.
            }
            if (!entries.isEmpty() && !closed) {
                listener.received(entries);
            }
        }

        /** Reads the partition of a key from an earlier offset, if it is read already; records read again do no harm. */
        private void seek(KafkaConsumer<byte[], byte[]> open, Start start) {
            int partitions = open.partitionsFor(topic).size();
            if (partitions == 0) {
                throw new IllegalStateException(
                        "topic " + topic + ": does not exist (expected: freshet topics create)");
            }
            byte[] key = start.key().getBytes(StandardCharsets.UTF_8);
            TopicPartition partition = new TopicPartition(topic, Utils.toPositive(Utils.murmur2(key)) % partitions);
            long offset = start.at() >= 0 ? start.at() : offset(open, partition, -start.at());
            Map<TopicPartition, Long> positions = new HashMap<>();
            open.assignment().forEach(each -> positions.put(each, open.position(each)));
            positions.merge(partition, offset, Math::min);
            open.assign(positions.keySet());
            positions.forEach(open::seek);
        }

        private long offset(KafkaConsumer<byte[], byte[]> open, TopicPartition partition, long time) {
            // Before the search for the time, so that no record between the two is missed.
            long end =
                    Objects.requireNonNull(open.endOffsets(List.of(partition)).get(partition));
            OffsetAndTimestamp found =
                    open.offsetsForTimes(Map.of(partition, time)).get(partition);
            return found == null ? end : found.offset();
        }

        @Override
        public void close() {
            closed = true;
            Thread running = thread;
            if (running != null) {
                running.interrupt();
            }
        }
    }
}
