package io.freshet.job.source;

import io.freshet.job.replica.RoundsLog;
import io.freshet.job.replica.RoundsLog.Entry;
import java.nio.ByteBuffer;
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
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the partitions of the rounds topic that have a key's records, in a thread that starts with the first key. */
final class RoundsReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RoundsReader.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final String topic;
    private final Properties properties;
    private final RoundsLog.Listener listener;
    private final Runnable unusable;
    private final TopicAccess access;
    private final Queue<Start> starts = new ConcurrentLinkedQueue<>();
    /** Ends of partitions when keys were followed, by key. */
    private final Map<String, End> ends = new HashMap<>();

    private volatile boolean closed;
    private @Nullable KafkaConsumer<byte[], ByteBuffer> consumer;
    private @Nullable Thread thread;

    private record Start(String key, long at) {}

    private record End(TopicPartition partition, long offset) {}

    /**
     * @param properties of the consumer, including the bootstrap servers
     * @param unusable to run before the listener hears that the topic cannot be used; its thread may be waiting to send
     */
    RoundsReader(String topic, Properties properties, RoundsLog.Listener listener, Runnable unusable) {
        this.topic = topic;
        this.properties = new Properties();
        this.properties.putAll(properties);
        this.properties.setProperty(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        this.properties.setProperty(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        this.listener = listener;
        this.unusable = unusable;
        access = new TopicAccess(topic, properties);
    }

    void follow(String key, long start) {
        starts.add(new Start(key, start));
        if (consumer != null) {
            consumer.wakeup();
        } else if (!closed) {
            open();
        }
    }

    private void open() {
        try {
            consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteBufferDeserializer());
        } catch (KafkaException e) {
            // The settings are those of the job, and no failure of the model that is the first to follow.
            closed = true;
            listener.failed(e);
            return;
        }
        thread = new Thread(this::run, topic + " reader");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        KafkaConsumer<byte[], ByteBuffer> open = Objects.requireNonNull(consumer);
        try {
            while (!closed) {
                try {
                    poll(open);
                } catch (WakeupException e) {
                    // There is another key to follow, or the reader is closed.
                }
            }
        } catch (InterruptedException | InterruptException e) {
            LOG.debug("topic {}: reader stopped", topic);
        } catch (RuntimeException e) {
            if (!closed) {
                closed = true;
                failed(e);
            }
        } finally {
            // An interrupted thread could not close the connection.
            Thread.interrupted();
            open.close();
            access.close();
        }
    }

    private void failed(RuntimeException failure) {
        if (TopicFailures.isOfTopic(failure)) {
            unusable.run();
            listener.unusable(failure);
        } else {
            listener.failed(failure);
        }
    }

    private void poll(KafkaConsumer<byte[], ByteBuffer> open) throws InterruptedException {
        List<Entry> entries = new ArrayList<>();
        try {
            for (Start start = starts.peek(); start != null; start = starts.peek()) {
                seek(open, start);
                starts.remove();
            }
            for (ConsumerRecord<byte[], ByteBuffer> record : open.poll(POLL)) {
                String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
                entries.add(new Entry(key, record.offset(), record.value()));
            }
        } catch (OffsetOutOfRangeException e) {
            skipExpired(open, e);
        }
        if (entries.isEmpty()) {
            access.idle();
        } else if (!closed) {
            listener.received(entries);
            access.used();
        }
        if (!ends.isEmpty() && !closed) {
            reportEnds(open);
        }
    }

    private void reportEnds(KafkaConsumer<byte[], ByteBuffer> open) {
        ends.entrySet().removeIf(each -> {
            boolean reached = open.position(each.getValue().partition())
                    >= each.getValue().offset();
            if (reached) {
                listener.caughtUp(each.getKey());
            }
            return reached;
        });
    }

    /** Continues after records that have expired. Offsets after the end are those of a topic that was created again. */
    private static void skipExpired(KafkaConsumer<byte[], ByteBuffer> open, OffsetOutOfRangeException failure) {
        Map<TopicPartition, Long> positions = failure.offsetOutOfRangePartitions();
        Map<TopicPartition, Long> first = open.beginningOffsets(positions.keySet());
        positions.forEach((partition, position) -> {
            long beginning = Objects.requireNonNull(first.get(partition));
            if (position > beginning) {
                throw failure;
            }
            open.seek(partition, beginning);
        });
    }

    /** Reads the partition of a key from an earlier offset, if it is read already; records read again do no harm. */
    private void seek(KafkaConsumer<byte[], ByteBuffer> open, Start start) {
        int partitions = open.partitionsFor(topic).size();
        if (partitions == 0) {
            throw TopicAccess.missing(topic);
        }
        byte[] key = start.key().getBytes(StandardCharsets.UTF_8);
        TopicPartition partition = new TopicPartition(topic, Utils.toPositive(Utils.murmur2(key)) % partitions);
        long end = Objects.requireNonNull(open.endOffsets(List.of(partition)).get(partition));
        long offset = start.at() >= 0 ? start.at() : offset(open, partition, -start.at(), end);
        Map<TopicPartition, Long> positions = new HashMap<>();
        open.assignment().forEach(each -> positions.put(each, open.position(each)));
        positions.merge(partition, offset, Math::min);
        open.assign(positions.keySet());
        positions.forEach(open::seek);
        ends.put(start.key(), new End(partition, end));
    }

    /** @param end before the search for the time, so that no record between the two is missed */
    private static long offset(KafkaConsumer<byte[], ByteBuffer> open, TopicPartition partition, long time, long end) {
        OffsetAndTimestamp found = open.offsetsForTimes(Map.of(partition, time)).get(partition);
        return found == null ? end : found.offset();
    }

    @Override
    public void close() {
        // A reader that has failed is closing its connection.
        Thread running = closed ? null : thread;
        closed = true;
        if (running != null) {
            running.interrupt();
        }
    }
}
