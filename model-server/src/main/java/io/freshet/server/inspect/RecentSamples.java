package io.freshet.server.inspect;

import io.freshet.schemas.kafka.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the newest records of a samples topic when somebody asks for them. Without the topic, or the right to read it, there
 * are none.
 *
 * <p>What was read is returned again for ten seconds, for the {@value #TOPICS} topics asked for last; after a failure, the next
 * attempt is a minute later. Memory is bounded by
 * {@value #BYTES} bytes of records per topic: the oldest ones are dropped. Thread-safe.
 */
public final class RecentSamples {
    /** Records that are read at most, divided equally among the partitions. */
    static final int RECORDS = 10_000;

    static final int BYTES = 4 << 20;
    static final int TOPICS = 4;
    private static final long KEEP_MILLIS = 10_000;
    /** Brokers log each attempt without a right. */
    private static final long RETRY_MILLIS = 60_000;

    private static final Duration READ_TIME = Duration.ofSeconds(3);
    /** Short, because there is no group to leave and no offset to commit. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(100);

    private final @Nullable Supplier<Consumer<byte[], byte[]>> open;
    private final RecordedFormats formats;
    private final InstantSource clock;
    private final Map<Topics, Cached> cache = new RecentlyUsed<>(TOPICS);

    private record Cached(long until, SampleRecords records) {}

    /** @param open creates a consumer that joins no group; null to read no samples */
    public RecentSamples(@Nullable Supplier<Consumer<byte[], byte[]>> open, InstantSource clock) {
        this.open = open;
        this.clock = clock;
        formats = new RecordedFormats(clock);
    }

    /** Returns the newest records of the samples topic. May wait for the brokers. */
    synchronized SampleRecords of(Topics topics) {
        if (open == null) {
            return SampleRecords.NONE;
        }
        Cached cached = cache.get(topics);
        if (cached == null || clock.millis() >= cached.until) {
            cached = read(open, topics);
            cache.put(topics, cached);
        }
        return cached.records;
    }

    private Cached read(Supplier<Consumer<byte[], byte[]>> from, Topics topics) {
        try {
            Consumer<byte[], byte[]> consumer = from.get();
            try {
                Newest newest = new Newest();
                NewestRecords.read(
                        consumer,
                        NewestRecords.partitions(consumer, topics.samples()),
                        RECORDS,
                        READ_TIME,
                        newest::add);
                SampleRecords records = newest.records.isEmpty()
                        ? SampleRecords.NONE
                        : new SampleRecords(
                                formats.of(
                                        consumer,
                                        topics,
                                        newest.records.getLast().value()),
                                newest.newestFirst());
                return new Cached(clock.millis() + KEEP_MILLIS, records);
            } finally {
                consumer.close(CloseOptions.timeout(CLOSE_TIMEOUT));
            }
        } catch (KafkaException e) {
            return new Cached(clock.millis() + RETRY_MILLIS, SampleRecords.NONE);
        }
    }

    /** The records read last, whose values fit into the limit of bytes. */
    private static final class Newest {
        private final Deque<SampleRecords.Recorded> records = new ArrayDeque<>();
        private long bytes;

        void add(ConsumerRecord<byte[], byte[]> record) {
            if (record.value() == null || record.value().length > BYTES) {
                return;
            }
            records.addLast(new SampleRecords.Recorded(record.value(), record.timestamp()));
            bytes += record.value().length;
            while (bytes > BYTES) {
                bytes -= records.removeFirst().value().length;
            }
        }

        List<SampleRecords.Recorded> newestFirst() {
            List<SampleRecords.Recorded> sorted = new ArrayList<>(records);
            sorted.sort(Comparator.comparingLong(SampleRecords.Recorded::timestamp));
            Collections.reverse(sorted);
            return sorted;
        }
    }
}
