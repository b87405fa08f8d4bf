package io.freshet.learning.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.codec.ListCodec;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.rounds.BlockChanges;
import io.freshet.learning.rounds.Contribution;
import io.freshet.learning.rounds.MergedPoint;
import io.freshet.learning.rounds.RoundsMessage.BlocksMerged;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a block that a reducer of its own merges otherwise than the reducer of the whole model. */
class BlockReducerTest {
    private static final long SEED = 20261128;
    private static final int REPLICAS = 3;
    private static final int ROUNDS = 12;
    private static final int PERIOD = 7;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{type: sgd, learningRate: 0.05} | mean",
                "{type: adagrad, learningRate: 0.05} | adaptive",
                "{type: adam, learningRate: 0.01} | mean, slots: mean",
                "{type: adam, learningRate: 0.01} | sum, transfer: bfloat16",
                "{type: momentum, learningRate: 0.01} | {type: nesterov, learningRate: 0.7, momentum: 0.9}"
            })
    void blocks_are_merged_to_the_same_bits(String learning) {
        String[] parts = learning.split(" \\| ");
        ModelSpec spec = ModelSpec.parse("""
                {name: test, label: y, weight: w, loss: mean-squared-error, optimizer: %s, batch: 2,
                 features: {numeric: [a, b], categorical: [c], hashBits: 15},
                 replicas: {count: %d, period: %d, staleness: 0, reducers: 2, merge: %s}}
                """.formatted(parts[0], REPLICAS, PERIOD, parts[1]));
        Learner learner = new Learner(spec);
        ReplicaSettings settings = Objects.requireNonNull(spec.replicas());
        Replica replica = new Replica(learner, settings);
        Reducer whole = new Reducer(learner, settings);
        ReducerState merged = whole.start(learner.start());
        Shards shards = new Shards(learner, settings);
        List<ReplicaState> states = new ArrayList<>();
        for (int number = 0; number < REPLICAS; number++) {
            states.add(replica.start(number, learner.start()));
        }
        Deque<Sample> samples = new ArrayDeque<>(ModelCases.samples(spec, ROUNDS * PERIOD * REPLICAS, SEED));
        for (int round = 1; round <= ROUNDS; round++) {
            for (ReplicaState state : states) {
                Contribution contribution = null;
                for (int i = 0; i < PERIOD; i++) {
                    contribution = replica.learn(state, samples.remove());
                }
                merged.receive(Objects.requireNonNull(contribution));
                shards.sent.add(contribution);
            }
            MergedPoint point = whole.close(merged, merged.nextClosing(null));
            shards.points.add(point);
            states.forEach(state -> replica.receive(state, point));
        }
        shards.mergeAll();
        for (MergedPoint point : shards.points) {
            assertThat(RestoredReplicas.bytes(shards.merged.get(point.round()), ListCodec::writeBlocks))
                    .as("round %s, seed %s", point.round(), SEED)
                    .isEqualTo(RestoredReplicas.bytes(point.blocks(), ListCodec::writeBlocks));
        }
        assertThat(merged.merged().layout().blocks()).isEqualTo(3);
    }

    /** Two reducers of blocks, which receive everything in a random order, some of it twice, and restart. */
    private static final class Shards {
        final List<Contribution> sent = new ArrayList<>();
        final List<MergedPoint> points = new ArrayList<>();
        final TreeMap<Long, SortedMap<Integer, float[]>> merged = new TreeMap<>();
        private final Reducer reducer;
        private final List<BlockReducerState> states = new ArrayList<>();
        private final SplittableRandom random = new SplittableRandom(SEED);

        Shards(Learner learner, ReplicaSettings settings) {
            reducer = new Reducer(learner, settings);
            for (int first = 0; first < 2; first++) {
                states.add(reducer.start(first, learner.start()));
            }
        }

        void mergeAll() {
            for (int first = 0; first < 2; first++) {
                int received = 0;
                while (states.get(first).round() < points.size()) {
                    if (random.nextInt(5) == 0) {
                        byte[] bytes = RestoredReplicas.bytes(states.get(first), BlockReducerState::write);
                        states.set(first, RestoredReplicas.read(bytes, BlockReducerState::read));
                    }
                    BlockReducerState state = states.get(first);
                    if (received < sent.size() && random.nextBoolean()) {
                        BlockChanges changes = sent.get(received++).changes(first, 2);
                        state.receive(RestoredReplicas.read(
                                RestoredReplicas.bytes(changes, BlockChanges::write), BlockChanges::read));
                        state.receive(changes);
                    }
                    state.closed(points.get((int) state.round()).closing());
                    reducer.merge(state).forEach(this::add);
                }
            }
        }

        private void add(BlocksMerged blocks) {
            merged.computeIfAbsent(blocks.round(), r -> new TreeMap<>()).putAll(blocks.blocks());
        }
    }
}
