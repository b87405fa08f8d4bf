package io.freshet.learning.replica;

import static io.freshet.learning.replica.ChangedSpecs.SECOND;
import static io.freshet.learning.replica.ChangedSpecs.THIRD;
import static io.freshet.learning.replica.ChangedSpecs.deal;
import static io.freshet.learning.replica.ChangedSpecs.racing;
import static io.freshet.learning.replica.ChangedSpecs.replicas;
import static io.freshet.learning.replica.ChangedSpecs.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.learner.LearnerStateCodec;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Would catch a replica that was late or silent while the specification changed, and learns a round with another one than the rest. */
class LateReplicaSpecChangeTest {
    private static final long SEED = 20261128;

    /** Rounds are skipped, and late contributions are of an earlier specification than the round that merges them. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void every_replica_learns_a_round_with_the_same_specification(int staleness) {
        List<ModelSpec> specs = constantRates(staleness);
        List<List<Sample>> samples = deal(ModelCases.samples(specs.get(0), 1600, SEED));
        int late = 0;
        for (long seed = SEED; seed < SEED + 8; seed++) {
            RacingReplicas racing = racing(specs, seed).closingEarly(3).restarting();
            racing.learn(samples);
            racing.finish();
            assertThat(racing.merged.merged().lineage().position()).isEqualTo(1600);
            for (Contribution each : racing.contributed) {
                assertOfItsRound(each, specs, staleness, seed);
            }
            late += (int) racing.log.stream()
                    .filter(point ->
                            point.closing().members().stream().anyMatch(member -> isLate(member, point, staleness)))
                    .count();
            Learner first = new Learner(specs.get(0));
            assertThat(bytes(ReplayedReplicas.replay(first, replicas(specs.get(0)), samples, racing.log)))
                    .as("seed %d", seed)
                    .isEqualTo(bytes(racing.merged.merged()));
        }
        assertThat(late)
                .as("rounds that merge a contribution of an earlier specification")
                .isPositive();
    }

    private static List<ModelSpec> constantRates(int staleness) {
        List<ModelSpec> specs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String replicas = "replicas: {count: 4, period: %d, staleness: %d, slots: mean}";
            specs.add(spec(
                    "adagrad",
                    "linear",
                    0.05 - 0.01 * i,
                    replicas.formatted(50 - 10 * i, staleness),
                    "batch: {size: " + (8 - i) + "}"));
        }
        return specs;
    }

    /** The learning rate and the length of a round show its specification. */
    private static void assertOfItsRound(Contribution each, List<ModelSpec> specs, int staleness, long seed) {
        ModelSpec spec = specs.get(index(each.member().round(), staleness));
        assertThat(each.validation().updates().learningRate())
                .as("%s, seed %d", each.member(), seed)
                .isEqualTo(spec.training().learningRate());
        assertThat(each.member().received())
                .as("%s, seed %d", each.member(), seed)
                .isEqualTo(replicas(spec).period());
    }

    private static int index(long round, int staleness) {
        return round <= SECOND + staleness ? 0 : round <= THIRD + staleness ? 1 : 2;
    }

    private static boolean isLate(ContributionId member, MergedPoint point, int staleness) {
        return index(member.round(), staleness) < index(point.round(), staleness);
    }

    private static byte[] bytes(LearnerState state) {
        return RestoredReplicas.bytes(state, LearnerStateCodec::write);
    }

    private static @Nullable String announced(List<ModelSpec> specs, long round) {
        if (round == SECOND) {
            return specs.get(1).toYaml();
        }
        return round == THIRD ? specs.get(2).toYaml() : null;
    }

    /** A replica that was silent during the change starts with the rounds that it missed, with their specification. */
    @Test
    void a_silent_replica_that_returns_learns_its_rounds_with_the_specification_of_the_others() {
        int staleness = 1;
        List<ModelSpec> specs = constantRates(staleness);
        Learner first = new Learner(specs.get(0));
        Replica replica = new Replica(first, replicas(specs.get(0)));
        Reducer reducer = new Reducer(first, replicas(specs.get(0)));
        ReducerState reducing = reducer.start(first.start());
        List<ReplicaState> states = List.of(replica.start(0, first.start()), replica.start(1, first.start()));
        List<Sample> samples = ModelCases.samples(specs.get(0), 2000, SEED);
        Map<Integer, List<Long>> rounds = new TreeMap<>();
        for (int i = 0; i < samples.size(); i++) {
            for (ReplicaState state : i < 600 ? states.subList(0, 1) : states) {
                if (!replica.isReady(state)) {
                    long round = reducing.round() + 1;
                    Closing closing = reducing.nextClosing(announced(specs, round));
                    MergedPoint point = reducer.close(reducing, closing);
                    states.forEach(each -> replica.receive(each, point));
                }
                if (replica.isReady(state)) {
                    Contribution contribution = replica.learn(state, samples.get(i));
                    if (contribution != null) {
                        assertOfItsRound(contribution, specs, staleness, SEED);
                        reducing.receive(contribution);
                        rounds.computeIfAbsent(state.number(), r -> new ArrayList<>())
                                .add(contribution.member().round());
                    }
                }
            }
        }
        assertThat(rounds.get(1)).as("rounds of the replica that returns").startsWith(1L, 2L);
        assertThat(rounds.get(1).get(2)).as("its third round").isGreaterThan(10);
    }
}
