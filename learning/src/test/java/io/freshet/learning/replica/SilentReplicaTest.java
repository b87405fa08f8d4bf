package io.freshet.learning.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.LearnerStateCodec;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.spec.Merge;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.learning.spec.Slots;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a replica whose state grows while its partition has no samples, and one that learns other bits when it returns. */
class SilentReplicaTest {
    private static final long SEED = 20261129;
    private static final int PERIOD = 4;
    private static final int ROUNDS = 1_000;

    static Stream<Arguments> cases() {
        return Stream.of(0, 1, 3).flatMap(staleness -> Stream.of(0, 3).map(before -> Arguments.of(staleness, before)));
    }

    /** @param before rounds that the silent replica learns first; the last of them is merged late */
    @ParameterizedTest
    @MethodSource("cases")
    void the_state_of_a_silent_replica_does_not_grow(int staleness, int before) {
        ModelSpec spec = ModelCases.of("linear", new BinaryCrossEntropy(), "adagrad", "batch: {size: 3}");
        Learner learner = new Learner(spec);
        ReplicaSettings settings = new ReplicaSettings(2, PERIOD, staleness, Merge.MEAN, Slots.MEAN);
        TwoReplicas run = new TwoReplicas(learner, settings);
        for (int i = 0; i < before; i++) {
            run.learnRound(0);
            run.learnRound(1);
            run.close();
        }
        int largest = 0;
        int early = 0;
        for (int round = 0; round < ROUNDS; round++) {
            run.learnRound(0);
            run.close();
            int bytes = RestoredReplicas.bytes(run.states.get(1), ReplicaState::write).length;
            largest = Math.max(largest, bytes);
            early = round < 10 ? largest : early;
            assertThat(run.states.get(1).received).hasSizeLessThanOrEqualTo(staleness + 2);
        }
        assertThat(largest).as("bytes after %d rounds", ROUNDS).isEqualTo(early);
        for (int i = 0; i < 6; i++) {
            run.learnRound(1);
            run.learnRound(0);
            run.close();
        }
        LearnerState replayed = ReplayedReplicas.replay(learner, settings, run.learned, run.log);
        assertThat(RestoredReplicas.bytes(replayed, LearnerStateCodec::write))
                .isEqualTo(RestoredReplicas.bytes(run.merged.merged(), LearnerStateCodec::write));
    }

    /** Two replicas that learn a round at a time. */
    private static final class TwoReplicas {
        final List<ReplicaState> states = new ArrayList<>();
        final List<List<Sample>> learned = List.of(new ArrayList<>(), new ArrayList<>());
        final List<MergedPoint> log = new ArrayList<>();
        final ReducerState merged;
        private final List<Sample> samples;
        private final Replica replica;
        private final Reducer reducer;

        TwoReplicas(Learner learner, ReplicaSettings settings) {
            samples = ModelCases.samples(learner.spec(), 1000, SEED);
            replica = new Replica(learner, settings);
            reducer = new Reducer(learner, settings);
            merged = reducer.start(learner.start());
            states.add(replica.start(0, learner.start()));
            states.add(replica.start(1, learner.start()));
        }

        /** Learns a round, unless the replica has to wait. */
        void learnRound(int number) {
            ReplicaState state = states.get(number);
            for (int i = 0; i < PERIOD && replica.isReady(state); i++) {
                Sample sample = samples.get(learned.get(number).size() % samples.size());
                learned.get(number).add(sample);
                Contribution contribution = replica.learn(state, sample);
                if (contribution != null) {
                    merged.receive(contribution);
                }
            }
        }

        void close() {
            MergedPoint point = reducer.close(merged, merged.nextClosing(null));
            log.add(point);
            states.forEach(each -> replica.receive(each, point));
        }
    }
}
