package io.freshet.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.job.TestStream;
import io.freshet.job.record.KeyedSample;
import io.freshet.job.record.ModelKey;
import io.freshet.job.replica.RoundsLog;
import io.freshet.learning.features.Interleaving;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerStateCodec;
import io.freshet.learning.replica.Contribution;
import io.freshet.learning.replica.ContributionId;
import io.freshet.learning.replica.MergedPoint;
import io.freshet.learning.replica.Reducer;
import io.freshet.learning.replica.ReducerState;
import io.freshet.learning.replica.Replica;
import io.freshet.learning.replica.ReplicaState;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.schemas.snapshot.RoundsRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch a partition that joins the turns of a replica without a trace in the rounds topic, or at another sample after a
 * failure. What is learned must equal a plain loop over the topics.
 */
class AddedPartitionHarnessTest {
    private static final ModelSpec SPEC = ModelSpec.parse("""
            {name: shared, label: y, features: {numeric: [a, b]}, loss: binary-cross-entropy, optimizer: {type: adam},
             publish: {everySamples: 10, minimumMillis: 0}, batch: {size: 2},
             replicas: {count: 2, period: 7, staleness: 1, idle: 0}}
            """);
    private static final int REPLICAS = 2;
    private static final List<String> KEYS = ModelKey.ofReplicas("shared", REPLICAS);
    /** Replica 0 has partitions 0, 2, and later 4; replica 1 has partition 1, and later 3 and 5. */
    private static final int PARTITIONS = 6;

    private static final int EACH = 120;

    private final TestRounds rounds = new TestRounds();
    /** The next offset of each partition. */
    private final int[] next = new int[PARTITIONS];

    /** What was delivered when a checkpoint was taken. */
    private record Checkpoint(OperatorSubtaskState state, int[] next) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void the_rounds_topic_has_the_sample_at_which_a_partition_joins(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        // Otherwise, partition 5 joins by another decision, at another sample.
        boolean isDecided = seed % 2 == 0;
        Checkpoint joined;
        Checkpoint deciding;
        try (LearnHarness harness = LearnHarness.start(rounds, SPEC)) {
            deliver(harness, random, 3, 20);
            // Partitions 3 and 4 wait for a checkpoint that was taken after their first samples.
            deliver(harness, random, 5, 30);
            checkpoint(harness);
            deliver(harness, random, 5, 40);
            harness.complete();
            deliver(harness, random, 5, 60);
            joined = checkpoint(harness);
            harness.complete();
            deliver(harness, random, 6, 70);
            deciding = checkpoint(harness);
            if (isDecided) {
                harness.complete();
            }
            deliver(harness, random, 6, 100);
        }
        Checkpoint newest = isDecided ? deciding : joined;
        System.arraycopy(newest.next(), 0, next, 0, PARTITIONS);
        try (LearnHarness restored = LearnHarness.restore(rounds, newest.state(), PARTITIONS)) {
            deliver(restored, random, 6, 80);
            checkpoint(restored);
            restored.complete();
            deliver(restored, random, 6, EACH);

            Map<Integer, Interleaving> orders = orders();
            assertTurns(orders.get(0), List.of(0, 2), List.of(0, 2, 4));
            assertTurns(orders.get(1), List.of(1), List.of(1, 3, 5));
            String learned = Objects.requireNonNull(restored.learnerStates().get("shared/"));
            assertThat(learned).isEqualTo(replayed(orders));
        }
    }

    private Checkpoint checkpoint(LearnHarness harness) throws Exception {
        int[] delivered = next.clone();
        return new Checkpoint(harness.snapshot(), delivered);
    }

    /** Delivers the samples of partitions up to an offset, in a random order. */
    private void deliver(LearnHarness harness, SplittableRandom random, int partitions, int end) throws Exception {
        int[] open = open(partitions, end);
        while (open.length > 0) {
            int partition = open[random.nextInt(open.length)];
            Sample sample = sample(partition, next[partition]++);
            long spec = Long.parseUnsignedLong(SPEC.hash(), 16);
            harness.learn(new KeyedSample(KEYS.get(partition % REPLICAS), spec, sample));
            if (random.nextInt(5) == 0) {
                harness.receive(rounds);
            }
            open = open(partitions, end);
        }
        harness.receive(rounds);
    }

    private int[] open(int partitions, int end) {
        return IntStream.range(0, partitions)
                .filter(partition -> next[partition] < end)
                .toArray();
    }

    private static Sample sample(int partition, int offset) {
        return TestStream.sample(SPEC, partition, offset).sample();
    }

    private static void assertTurns(Interleaving order, List<Integer> first, List<Integer> last) {
        List<Integer> partitions = IntStream.range(0, (int) order.samples())
                .mapToObj(order::partition)
                .toList();
        assertThat(partitions.subList(0, first.size())).isEqualTo(first);
        List<Integer> end = partitions.subList(partitions.size() - 2 * last.size(), partitions.size());
        assertThat(end.subList(0, last.size())).containsExactlyInAnyOrderElementsOf(last);
        assertThat(end.subList(last.size(), end.size())).isEqualTo(end.subList(0, last.size()));
    }

    /** Returns the order of the partitions of each replica, from contributions of which each was sent with the same bytes. */
    private Map<Integer, Interleaving> orders() throws Exception {
        Map<Integer, Interleaving> orders = new HashMap<>();
        Map<List<Long>, ByteBuffer> sent = new HashMap<>();
        boolean again = false;
        for (RoundsRecord record : records()) {
            if (!(record.message(List.of(record.bytes())) instanceof Contribution contribution)) {
                continue;
            }
            ByteBuffer bytes = record.bytes();
            ByteBuffer before = sent.putIfAbsent(List.of((long) record.sender(), record.round()), bytes);
            if (before == null) {
                orders.put(record.sender(), contribution.lineage().order());
            } else {
                again = true;
                assertThat(bytes).as("round %s", record.round()).isEqualTo(before);
            }
        }
        assertThat(again).as("contributions were sent again").isTrue();
        return orders;
    }

    private List<RoundsRecord> records() throws Exception {
        List<RoundsRecord> records = new ArrayList<>();
        for (RoundsLog.Entry entry : rounds.stored()) {
            records.add(RoundsRecord.read(entry.value()));
        }
        return records;
    }

    /** Returns the merged state after the rounds in the topic, by a plain loop. */
    private String replayed(Map<Integer, Interleaving> orders) throws Exception {
        Learner learner = new Learner(SPEC);
        ReplicaSettings settings = Objects.requireNonNull(SPEC.replicas());
        Replica replica = new Replica(learner, settings);
        Reducer reducer = new Reducer(learner, settings);
        ReducerState merged = reducer.start(learner.start());
        List<ReplicaState> replicas = List.of(replica.start(0, learner.start()), replica.start(1, learner.start()));
        long[] positions = new long[REPLICAS];
        int[] offsets = new int[PARTITIONS];
        for (RoundsRecord record : records()) {
            if (!(record.message(List.of(record.bytes())) instanceof MergedPoint point)) {
                continue;
            }
            for (ContributionId member : point.closing().members()) {
                Contribution contribution = null;
                for (long i = 0; i < member.received(); i++) {
                    int partition = orders.get(member.replica()).partition(positions[member.replica()]++);
                    contribution =
                            replica.learn(replicas.get(member.replica()), sample(partition, offsets[partition]++));
                }
                merged.receive(Objects.requireNonNull(contribution));
            }
            MergedPoint closed = reducer.close(merged, point.closing());
            replicas.forEach(each -> replica.receive(each, closed));
        }
        assertThat(Arrays.stream(offsets).sum()).as("samples merged").isGreaterThan(PARTITIONS * EACH / 2);
        DataOutputSerializer out = new DataOutputSerializer(1024);
        LearnerStateCodec.write(merged.merged(), out);
        return HexFormat.of().formatHex(out.getCopyOfBuffer());
    }
}
