package io.freshet.benchmarks.replicas;

import io.freshet.cli.kafka.KafkaOptions;
import io.freshet.cli.kafka.TopicReader;
import io.freshet.schemas.avro.MalformedRecordException;
import io.freshet.schemas.rounds.RoundsRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * When the messages of a rounds topic were sent, to the millisecond, and their bytes.
 *
 * <p>Without staleness, no replica contributes to a round before it has adopted the point of the one before. So the time from the
 * last contribution of a round to the first one of the next is that of the way to the reducer, merging, the way back, and
 * learning one period.
 */
final class RoundsLogTimes {
    /** Types of messages. */
    private static final Set<Byte> CONTRIBUTED = Set.of((byte) 1, (byte) 9);

    private static final byte MERGED_POINT = 3;
    private static final byte BLOCKS_MERGED = 8;

    private static final class Round {
        private long firstContribution = Long.MAX_VALUE;
        private long lastContribution;
        private long merged;
        private long contributed;
        private long point;
    }

    private final TreeMap<Long, Round> rounds = new TreeMap<>();

    static RoundsLogTimes read(KafkaOptions kafka, String topic) throws Exception {
        RoundsLogTimes times = new RoundsLogTimes();
        try (TopicReader reader = TopicReader.open(kafka, topic)) {
            reader.readToEnd(times::add);
        }
        return times;
    }

    private void add(ConsumerRecord<byte[], byte[]> received) {
        RoundsRecord record;
        try {
            record = RoundsRecord.read(received.value());
        } catch (MalformedRecordException e) {
            throw new IllegalArgumentException(e);
        }
        Round round = rounds.computeIfAbsent(record.round(), number -> new Round());
        if (CONTRIBUTED.contains(record.type())) {
            round.firstContribution = Math.min(round.firstContribution, received.timestamp());
            round.lastContribution = Math.max(round.lastContribution, received.timestamp());
            round.contributed += received.serializedValueSize();
        } else if (record.type() == MERGED_POINT) {
            round.merged = Math.max(round.merged, received.timestamp());
            round.point += received.serializedValueSize();
        } else if (record.type() == BLOCKS_MERGED) {
            round.point += received.serializedValueSize();
        }
    }

    /** @param warmUp rounds that are not counted */
    String summary(int warmUp) {
        rounds.remove(0L);
        List<Round> all = new ArrayList<>(rounds.values());
        // Not every replica has the last round.
        List<Round> counted = all.subList(warmUp, all.size() - 1);
        int count = counted.size() - 1;
        Round start = counted.get(0);
        long[] ways = new long[count];
        for (int i = 0; i < count; i++) {
            ways[i] = counted.get(i + 1).firstContribution - counted.get(i).lastContribution;
        }
        Arrays.sort(ways);
        return String.format(
                Locale.ROOT,
                "%,d rounds, %.1f rounds/s; bytes of a round: %,d contributed, %,d merged; from the last contribution to the"
                        + " first of the next round: p50 %d ms, p99 %d ms",
                count,
                count * 1000.0 / (counted.get(count).merged - start.merged),
                start.contributed,
                start.point,
                ways[ways.length / 2],
                ways[ways.length * 99 / 100]);
    }
}
