package io.freshet.learning.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.spec.Merge;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaRules;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.learning.spec.Slots;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Would catch a replica that starts a round from other parameters than the definition says, a contribution that lacks a
 * change, and a merge that depends on who was faster: for every optimizer and type of model.
 */
class ReplicaOracleTest {
    private static final long SEED = 20261128;
    private static final int REPLICAS = 4;
    private static final int PERIOD = 11;
    private static final int ROUNDS = 6;
    private static final String SCHEDULE = "schedule: {type: inverse, tau: 25, power: 0.5}";

    static Stream<Arguments> cases() {
        return TestSpecs.steppingOptimizers().stream()
                .flatMap(optimizer -> ModelCases.names().stream()
                        .flatMap(model -> Stream.of(1, 8).map(batch -> Arguments.of(optimizer, model, batch))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void learns_the_same_bits_as_a_plain_loop(String optimizer, String model, int batch) {
        ModelSpec spec =
                ModelCases.of(model, new BinaryCrossEntropy(), optimizer, SCHEDULE, "batch: {size: " + batch + "}");
        List<List<Sample>> samples = deal(ModelCases.samples(spec, REPLICAS * PERIOD * ROUNDS, SEED));
        Learner learner = new Learner(spec);
        for (ReplicaSettings settings : settings(spec)) {
            List<float[][]> expected = new PlainReplicas(learner, settings).learn(samples);
            RacingReplicas racing = new RacingReplicas(learner, settings, learner.start(), SEED);
            List<float[]> actual = racing.learn(samples);
            assertThat(actual).hasSize(ROUNDS + 1);
            for (int k = 0; k <= ROUNDS; k++) {
                assertThat(actual.get(k))
                        .as("%s, round %d, seed %d", settings, k, SEED)
                        .isEqualTo(expected.get(k)[0]);
            }
            assertThat(racing.merged.merged().samples())
                    .isEqualTo((long) REPLICAS * PERIOD * ROUNDS
                            - racing.states.stream()
                                    .mapToInt(each -> each.learner().pending().size())
                                    .sum());
        }
    }

    private static List<ReplicaSettings> settings(ModelSpec spec) {
        List<ReplicaSettings> all = new ArrayList<>();
        for (Slots slots : Slots.values()) {
            for (int staleness : new int[] {0, 1, 3}) {
                all.add(new ReplicaSettings(REPLICAS, PERIOD, staleness, Merge.MEAN, slots));
            }
        }
        all.removeIf(each -> ReplicaRules.misfit(spec, each) != null);
        return all;
    }

    private static List<List<Sample>> deal(List<Sample> samples) {
        List<List<Sample>> dealt = new ArrayList<>();
        for (int r = 0; r < REPLICAS; r++) {
            int replica = r;
            dealt.add(samples.stream()
                    .filter(sample -> sample.partition() % REPLICAS == replica)
                    .toList());
        }
        return dealt;
    }
}
