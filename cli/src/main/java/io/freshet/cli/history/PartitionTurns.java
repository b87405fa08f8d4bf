package io.freshet.cli.history;

import io.freshet.cli.console.CommandException;
import io.freshet.job.decode.SampleFactory;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.source.SourceRecordReader;
import io.freshet.learning.features.Interleaving;
import io.freshet.learning.features.Sample;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The samples of each replica's partitions, in the order that its contributions record. Replicas started by a release that did not
 * record it have one sample of each partition in turn; a partition that has ended is skipped.
 */
final class PartitionTurns implements ReplicaReplay.SampleTurns {
    private final Map<Integer, SampleRange> ranges;
    private final Map<Integer, Interleaving> orders;
    private final SampleFactory samples;
    private final Map<Integer, Deque<SampleRange>> turns = new HashMap<>();
    private final Map<Integer, Long> positions = new HashMap<>();

    /**
     * @param ranges by partition, ascending
     * @param orders of the partitions of each replica; without samples if unrecorded
     * @param replicas number of them
     * @param samples decoder with the specification of the replicas
     */
    PartitionTurns(
            Map<Integer, SampleRange> ranges, Map<Integer, Interleaving> orders, int replicas, SampleFactory samples) {
        this.ranges = ranges;
        this.orders = orders;
        this.samples = samples;
        ranges.forEach((partition, range) -> turns.computeIfAbsent(partition % replicas, r -> new ArrayDeque<>())
                .add(range));
    }

    @Override
    public @Nullable Sample next(int replica) throws CommandException {
        Interleaving order = orders.get(replica);
        if (order == null) {
            throw new CommandException(
                    "replica " + replica
                            + ": no contributions in the rounds topic (expected: all since its first; retention.ms deletes them)");
        }
        return order.samples() == 0 ? nextInTurn(replica) : next(replica, order);
    }

    private @Nullable Sample next(int replica, Interleaving order) throws CommandException {
        long position = positions.merge(replica, 1L, Long::sum) - 1;
        if (position >= order.samples()) {
            throw new CommandException("replica " + replica + ": contributions of " + order.samples()
                    + " samples in the rounds topic (expected: of more than " + position
                    + "; retention.ms deletes them)");
        }
        SampleRange range = ranges.get(order.partition(position));
        return range == null ? null : next(range);
    }

    private @Nullable Sample nextInTurn(int replica) {
        Deque<SampleRange> own = turns.getOrDefault(replica, new ArrayDeque<>());
        while (!own.isEmpty()) {
            SampleRange range = own.remove();
            Sample next = next(range);
            if (next != null) {
                own.add(range);
                return next;
            }
        }
        return null;
    }

    private @Nullable Sample next(SampleRange range) {
        for (ConsumerRecord<byte[], byte[]> record = range.next(); record != null; record = range.next()) {
            KeyedSample keyed = samples.encode(SourceRecordReader.read(record), 0);
            if (keyed != null) {
                return keyed.sample();
            }
        }
        return null;
    }
}
