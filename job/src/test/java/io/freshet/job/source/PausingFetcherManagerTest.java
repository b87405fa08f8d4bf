package io.freshet.job.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Would catch a learner that waits for a partition which is resumed only once a poll has ended. */
class PausingFetcherManagerTest {
    private static final KafkaPartitionSplit SPLIT = new KafkaPartitionSplit(new TopicPartition("samples", 0), 0);
    private static final long DEADLINE_SECONDS = 60;

    @Test
    void a_partition_is_resumed_while_its_reader_waits_for_records() throws Exception {
        WaitingReader reader = new WaitingReader();
        PausingFetcherManager fetchers =
                new PausingFetcherManager(new FutureCompletingBlockingQueue<>(8), () -> reader, splits -> {});
        try {
            fetchers.addSplits(List.of(SPLIT));
            assertThat(reader.fetching.tryAcquire(DEADLINE_SECONDS, TimeUnit.SECONDS))
                    .isTrue();
            fetchers.pause(List.of(SPLIT), Set.of(SPLIT.getTopicPartition()));
            assertThat(reader.changes.poll(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo("paused");
            fetchers.pause(List.of(SPLIT), Set.of());
            assertThat(reader.changes.poll(DEADLINE_SECONDS, TimeUnit.SECONDS)).isEqualTo("resumed");
        } finally {
            fetchers.close(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
        }
    }

    /** A reader whose partition has no records: it waits until it is woken up. */
    private static final class WaitingReader
            implements SplitReader<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit> {
        private final Semaphore fetching = new Semaphore(0);
        private final Semaphore wakeUps = new Semaphore(0);
        private final BlockingQueue<String> changes = new LinkedBlockingQueue<>();

        @Override
        public RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetch() {
            fetching.release();
            wakeUps.acquireUninterruptibly();
            return new RecordsBySplits.Builder<ConsumerRecord<byte[], byte[]>>().build();
        }

        @Override
        public void handleSplitsChanges(SplitsChange<KafkaPartitionSplit> change) {}

        @Override
        public void pauseOrResumeSplits(Collection<KafkaPartitionSplit> pause, Collection<KafkaPartitionSplit> resume) {
            if (!pause.isEmpty() || !resume.isEmpty()) {
                changes.add(pause.isEmpty() ? "resumed" : "paused");
            }
        }

        @Override
        public void wakeUp() {
            wakeUps.release();
        }

        @Override
        public void close() {}
    }
}
