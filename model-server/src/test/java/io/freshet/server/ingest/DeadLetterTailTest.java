package io.freshet.server.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.freshet.schemas.facts.Rejections;
import io.freshet.schemas.kafka.DeadLetterHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Would catch a server that reads a flood to its end, or that needs a topic, or a right, that it could do without. */
class DeadLetterTailTest {
    private static final String TOPIC = "samples-dlt";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final long NOW = 1_790_000_000_000L;

    private final AtomicLong now = new AtomicLong(NOW);
    private final Rejections rejections = new Rejections();
    private final AtomicInteger opened = new AtomicInteger();
    private final Letters letters = new Letters();
    private final DeadLetterTail tail = new DeadLetterTail(
            () -> {
                opened.incrementAndGet();
                return letters;
            },
            String::valueOf,
            () -> Set.of(TOPIC),
            UnaryOperator.identity(),
            rejections,
            () -> Instant.ofEpochMilli(now.get()));

    /** A topic of dead letters in memory, with 1,000 of long ago. */
    private static final class Letters extends MockConsumer<byte[], byte[]> {
        private static final long BEGIN = 1_000;
        private volatile boolean refused;
        private volatile boolean missing;
        private volatile boolean assigned;
        private final AtomicInteger lookUps = new AtomicInteger();
        private final AtomicInteger endSought = new AtomicInteger();

        Letters() {
            super("earliest");
            updatePartitions(TOPIC, List.of(new PartitionInfo(TOPIC, 0, Node.noNode(), new Node[0], new Node[0])));
            updateBeginningOffsets(Map.of(PARTITION, 0L));
            updateEndOffsets(Map.of(PARTITION, BEGIN));
        }

        @Override
        public List<PartitionInfo> partitionsFor(String topic, Duration timeout) {
            boolean isMissing = missing;
            boolean isRefused = refused;
            lookUps.incrementAndGet();
            if (isRefused) {
                throw new TopicAuthorizationException(topic);
            }
            return isMissing ? List.of() : super.partitionsFor(topic, timeout);
        }

        @Override
        public synchronized void seekToEnd(Collection<TopicPartition> partitions) {
            endSought.incrementAndGet();
            super.seekToEnd(partitions);
        }

        @Override
        public synchronized long position(TopicPartition partition, Duration timeout) {
            long position = super.position(partition, timeout);
            assigned = true;
            return position;
        }
    }

    @AfterEach
    void stop() {
        tail.close();
    }

    @Test
    void letters_from_before_the_start_do_not_count() {
        tail.start();
        await().until(() -> letters.assigned);
        write(2, "a", "x: missing");
        await().untilAsserted(() -> assertThat(rejections.recent("a", NOW)).isEqualTo(2));
        assertThat(rejections.known()).isTrue();
        assertThat(rejections.newest("a")).isEqualTo(new Rejections.Rejected("x: missing", NOW));
    }

    @Test
    void of_a_flood_some_letters_are_read_and_all_are_counted() {
        tail.start();
        await().until(() -> letters.assigned);
        letters.setMaxPollRecords(DeadLetterTail.RECORDS);
        write(66_000, "a", "x: missing");
        await().untilAsserted(() -> assertThat(rejections.recent("a", NOW)).isEqualTo(66_000));
        assertThat(letters.position(PARTITION, Duration.ZERO)).isEqualTo(Letters.BEGIN + 66_000);
    }

    @Test
    void without_the_topic_rejections_are_unknown_until_it_is_there() {
        letters.missing = true;
        tail.start();
        await().until(() -> opened.get() == 1);
        assertThat(rejections.known()).isFalse();

        letters.missing = false;
        now.addAndGet(60_000);
        await().untilAsserted(() -> assertThat(rejections.known()).isTrue());
    }

    /** The trainer writes the first letter when it creates the topic. */
    @Test
    void letters_from_before_a_new_topic_is_found_count() {
        letters.updateEndOffsets(Map.of(PARTITION, 0L));
        letters.missing = true;
        tail.start();
        await().until(() -> letters.lookUps.get() > 0);

        letters.updateEndOffsets(Map.of(PARTITION, Letters.BEGIN));
        letters.schedulePollTask(() -> letters.addRecord(letter(0, "a", "x: missing")));
        letters.missing = false;
        now.addAndGet(60_000);
        await().untilAsserted(
                        () -> assertThat(rejections.recent("a", now.get())).isEqualTo(1));
    }

    /** Would catch a consumer that, asked to seek in no partition, seeks in all. */
    @Test
    void looking_topics_up_again_skips_no_letters() {
        tail.start();
        await().until(() -> letters.assigned);
        int lookUps = letters.lookUps.get();
        letters.setMaxPollRecords(1);
        letters.endSought.set(0);
        now.addAndGet(60_000);
        await().until(() -> letters.lookUps.get() > lookUps);
        write(2, "a", "x: missing");
        await().untilAsserted(
                        () -> assertThat(rejections.recent("a", now.get())).isEqualTo(2));
        assertThat(letters.endSought.get()).isZero();
    }

    @Test
    void letters_from_before_the_right_to_read_them_do_not_count() {
        letters.refused = true;
        tail.start();
        await().until(() -> letters.lookUps.get() > 0);
        letters.refused = false;
        now.addAndGet(60_000);
        await().until(() -> letters.assigned);
        assertThat(letters.position(PARTITION, Duration.ZERO)).isEqualTo(Letters.BEGIN);
    }

    @Test
    void without_the_right_to_read_the_topic_rejections_are_unknown_and_nothing_is_opened_again() {
        letters.refused = true;
        tail.start();
        await().during(Duration.ofSeconds(2)).until(() -> opened.get() == 1 && !rejections.known());
    }

    private void write(int count, String model, String reason) {
        letters.schedulePollTask(() -> {
            letters.updateEndOffsets(Map.of(PARTITION, Letters.BEGIN + count));
            for (int i = 0; i < count; i++) {
                letters.addRecord(letter(Letters.BEGIN + i, model, reason));
            }
        });
    }

    private static ConsumerRecord<byte[], byte[]> letter(long offset, String model, String reason) {
        RecordHeaders headers = new RecordHeaders();
        DeadLetterHeaders.of("samples", 0, offset, "encode", model, reason).forEach(headers::add);
        return new ConsumerRecord<>(
                TOPIC,
                0,
                offset,
                NOW,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                "a row".getBytes(UTF_8),
                headers,
                Optional.empty());
    }
}
