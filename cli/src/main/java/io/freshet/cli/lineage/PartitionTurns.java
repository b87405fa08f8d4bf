package io.freshet.cli.lineage;

import io.freshet.job.decode.ModelSampleDecoder;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.source.SourceRecordReader;
import io.freshet.learning.features.Sample;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** The samples of each replica's partitions, one of each in turn. A partition that has ended is skipped. */
final class PartitionTurns implements ReplicaReplay.SampleTurns {
    private final ModelSampleDecoder samples;
    private final Map<Integer, Deque<SampleRange>> turns = new HashMap<>();

    /**
     * @param ranges by partition, ascending
     * @param samples decoder with the specification of the replicas
     */
    PartitionTurns(Map<Integer, SampleRange> ranges, int replicas, ModelSampleDecoder samples) {
        this.samples = samples;
        ranges.forEach((partition, range) -> turns.computeIfAbsent(partition % replicas, r -> new ArrayDeque<>())
                .add(range));
    }

    @Override
    public @Nullable Sample next(int replica) {
        Deque<SampleRange> own = turns.getOrDefault(replica, new ArrayDeque<>());
        while (!own.isEmpty()) {
            SampleRange range = own.remove();
            for (ConsumerRecord<byte[], byte[]> record = range.next(); record != null; record = range.next()) {
                KeyedSample keyed = samples.encode(SourceRecordReader.read(record), 0);
                if (keyed != null) {
                    own.add(range);
                    return keyed.sample();
                }
            }
        }
        return null;
    }
}
