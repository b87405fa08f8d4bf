package io.freshet.job.source;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaPartitionSplitReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Flink's reader of Kafka partitions, in which a record that has to wait at the {@link RecordGate} stops its own partition only.
 *
 * <p>It holds the records of a stopped partition from that one on, in order, and pauses the partition: at most what one poll has
 * returned. Held records are not part of the reader's position, so a checkpoint completes, and a recovery reads them again.
 */
final class GatedSplitReader extends KafkaPartitionSplitReader {
    /** How long to wait for a change while there is nothing to poll. The gate may also let a record pass for its age. */
    private static final long WAIT_MILLIS = 1_000;

    private final RecordGate gate;
    /** Those without an end that was passed on, by id. */
    private final Map<String, KafkaPartitionSplit> splits = new HashMap<>();

    private final Map<String, Deque<ConsumerRecord<byte[], byte[]>>> held = new LinkedHashMap<>();
    /** Splits that the consumer has read to their end, of which records are held. */
    private final Set<String> ended = new HashSet<>();
    /** Splits paused from outside. */
    private final Set<String> paused = new HashSet<>();

    private final Object lock = new Object();
    /** Wake-ups since the last poll. */
    private final Semaphore wakeUps = new Semaphore(0);

    private boolean polling;

    GatedSplitReader(
            Properties properties,
            SourceReaderContext context,
            KafkaSourceReaderMetrics metrics,
            RecordGate.Factory gates) {
        super(properties, context, metrics, null);
        gate = gates.create(this::wakeUp);
    }

    @Override
    public RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetch() throws IOException {
        Fetched out = new Fetched();
        release(out);
        if (out.isEmpty && !ended.isEmpty() && ended.containsAll(splits.keySet())) {
            awaitChange();
        } else if (out.isEmpty && startPolling()) {
            try {
                pass(super.fetch(), out);
            } finally {
                stopPolling();
            }
        }
        return out.records.build();
    }

    /** Returns false if the reader was woken up since the last poll. */
    private boolean startPolling() {
        synchronized (lock) {
            polling = wakeUps.drainPermits() == 0;
            return polling;
        }
    }

    private void stopPolling() {
        synchronized (lock) {
            polling = false;
        }
    }

    /** Passes on held records that need not wait any longer. */
    private void release(Fetched out) {
        Iterator<Map.Entry<String, Deque<ConsumerRecord<byte[], byte[]>>>> all =
                held.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<String, Deque<ConsumerRecord<byte[], byte[]>>> entry = all.next();
            String split = entry.getKey();
            Deque<ConsumerRecord<byte[], byte[]>> records = entry.getValue();
            for (ConsumerRecord<byte[], byte[]> next = records.peek(); next != null; next = records.peek()) {
                ConsumerRecord<byte[], byte[]> passed = gate.pass(next);
                if (passed == null) {
                    break;
                }
                records.remove();
                out.add(split, passed);
            }
            if (records.isEmpty()) {
                all.remove();
                resume(split, out);
            }
        }
    }

    private void resume(String split, Fetched out) {
        if (ended.remove(split)) {
            end(split, out);
        } else if (!paused.contains(split)) {
            super.pauseOrResumeSplits(List.of(), List.of(splitOf(split)));
        }
    }

    private void end(String split, Fetched out) {
        splits.remove(split);
        paused.remove(split);
        out.end(split);
    }

    private void pass(RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetched, Fetched out) {
        for (String split = fetched.nextSplit(); split != null; split = fetched.nextSplit()) {
            Deque<ConsumerRecord<byte[], byte[]>> waiting = held.get(split);
            for (ConsumerRecord<byte[], byte[]> record = fetched.nextRecordFromSplit();
                    record != null;
                    record = fetched.nextRecordFromSplit()) {
                ConsumerRecord<byte[], byte[]> passed = waiting == null ? gate.pass(record) : null;
                if (passed != null) {
                    out.add(split, passed);
                } else {
                    waiting = waiting == null ? hold(split) : waiting;
                    waiting.add(record);
                }
            }
        }
        for (String split : fetched.finishedSplits()) {
            if (held.containsKey(split)) {
                ended.add(split);
            } else {
                end(split, out);
            }
        }
    }

    private Deque<ConsumerRecord<byte[], byte[]>> hold(String split) {
        Deque<ConsumerRecord<byte[], byte[]>> records = new ArrayDeque<>();
        held.put(split, records);
        try {
            super.pauseOrResumeSplits(List.of(splitOf(split)), List.of());
        } catch (IllegalStateException e) {
            // The consumer has read the split to its end.
        }
        return records;
    }

    private KafkaPartitionSplit splitOf(String id) {
        KafkaPartitionSplit split = splits.get(id);
        if (split == null) {
            throw new IllegalStateException("split " + id + ": unknown (expected: one that was assigned)");
        }
        return split;
    }

    private void awaitChange() {
        try {
            if (wakeUps.tryAcquire(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                wakeUps.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Wakes the consumer up only while it polls: a wake-up that it keeps fails whatever it does next, such as a commit. */
    @Override
    public void wakeUp() {
        synchronized (lock) {
            if (polling) {
                super.wakeUp();
            } else {
                wakeUps.release();
            }
        }
    }

    @Override
    public void notifyCheckpointComplete(
            Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
        try {
            super.notifyCheckpointComplete(offsets, callback);
        } catch (WakeupException e) {
            // It came just after the last poll.
            super.notifyCheckpointComplete(offsets, callback);
        }
    }

    @Override
    public void handleSplitsChanges(SplitsChange<KafkaPartitionSplit> change) {
        super.handleSplitsChanges(change);
        change.splits().forEach(split -> splits.put(split.splitId(), split));
    }

    @Override
    public void pauseOrResumeSplits(Collection<KafkaPartitionSplit> pause, Collection<KafkaPartitionSplit> resume) {
        pause.forEach(split -> paused.add(split.splitId()));
        resume.forEach(split -> paused.remove(split.splitId()));
        super.pauseOrResumeSplits(
                pause,
                resume.stream()
                        .filter(split -> !held.containsKey(split.splitId()))
                        .toList());
    }

    @Override
    public void close() throws Exception {
        gate.close();
        super.close();
    }

    /** What one fetch returns. */
    private static final class Fetched {
        private final RecordsBySplits.Builder<ConsumerRecord<byte[], byte[]>> records = new RecordsBySplits.Builder<>();
        private boolean isEmpty = true;

        void add(String split, ConsumerRecord<byte[], byte[]> record) {
            records.add(split, record);
            isEmpty = false;
        }

        void end(String split) {
            records.addFinishedSplit(split);
            isEmpty = false;
        }
    }
}
