package io.freshet.job.source;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.fetcher.SplitFetcher;
import org.apache.flink.connector.base.source.reader.fetcher.SplitFetcherTask;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.reader.fetcher.KafkaSourceFetcherManager;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Pauses partitions in the thread that fetches them. */
final class PausingFetcherManager extends KafkaSourceFetcherManager {
    PausingFetcherManager(
            FutureCompletingBlockingQueue<RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>> elements,
            Supplier<SplitReader<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit>> readers,
            Consumer<Collection<String>> splitsFinished) {
        super(elements, readers, splitsFinished);
    }

    /** Pauses those of the splits whose partitions are {@code paused}, and resumes the others, after adding all of them. */
    void pause(List<KafkaPartitionSplit> splits, Set<TopicPartition> paused) {
        fetchers.values().forEach(fetcher -> {
            fetcher.enqueueTask(new PauseTask(fetcher, splits, paused));
            // Ends a poll, which takes ten seconds if all partitions are paused, as Flink's own pauses do: nothing else
            // is woken up.
            fetcher.pauseOrResumeSplits(List.of(), List.of());
        });
    }

    private record PauseTask(
            SplitFetcher<ConsumerRecord<byte[], byte[]>, KafkaPartitionSplit> fetcher,
            List<KafkaPartitionSplit> splits,
            Set<TopicPartition> paused)
            implements SplitFetcherTask {
        @Override
        public boolean run() throws IOException {
            for (KafkaPartitionSplit split : splits) {
                List<KafkaPartitionSplit> one = List.of(split);
                boolean pause = paused.contains(split.getTopicPartition());
                try {
                    fetcher.getSplitReader().pauseOrResumeSplits(pause ? one : List.of(), pause ? List.of() : one);
                } catch (IllegalStateException e) {
                    // The consumer has read the split to its end, and the reader does not know yet.
                }
            }
            return true;
        }

        @Override
        public void wakeUp() {}
    }
}
