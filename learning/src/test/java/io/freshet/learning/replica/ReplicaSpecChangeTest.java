package io.freshet.learning.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.TestSpecs;
import io.freshet.learning.codec.LearnerStateCodec;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.merge.Merge;
import io.freshet.learning.merge.ReplicaSettings;
import io.freshet.learning.merge.Slots;
import io.freshet.learning.merge.Transfer;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.optimizer.Nesterov;
import io.freshet.learning.replica.MergedPoint.Closing;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Would catch replicas that switch to a changed specification at different rounds, and a round that is learned with one
 * specification and merged with another.
 */
class ReplicaSpecChangeTest {
    private static final long SEED = 20261128;
    private static final int REPLICAS = 4;
    /** The points of these rounds announce the second and the third specification. */
    private static final int SECOND = 2;

    private static final int THIRD = 3;

    static Stream<Arguments> cases() {
        return TestSpecs.steppingOptimizers().stream()
                .flatMap(optimizer -> ModelCases.names().stream().map(model -> Arguments.of(optimizer, model)));
    }

    /** With a staleness, the third specification is announced before the second is used. Replicas with local slots restart. */
    @ParameterizedTest
    @MethodSource("cases")
    void learns_the_same_bits_as_a_plain_loop_that_switches_learners(String optimizer, String model) {
        for (ReplicaSettings settings : settings(optimizer)) {
            List<ModelSpec> specs = specs(optimizer, model, settings);
            List<List<Sample>> samples = deal(ModelCases.samples(specs.get(0), REPLICAS * 420, SEED));
            Learner first = new Learner(specs.get(0));
            List<float[][]> expected = new PlainReplicas(first, replicas(specs.get(0)))
                    .changing(SECOND + 1 + settings.staleness(), new Learner(specs.get(1)))
                    .changing(THIRD + 1 + settings.staleness(), new Learner(specs.get(2)))
                    .learn(samples);
            assertThat(expected).as("rounds, and the start").hasSizeGreaterThan(THIRD + 2 + settings.staleness());
            RacingReplicas racing = racing(specs, SEED);
            List<float[]> actual = (settings.slots() == Slots.LOCAL ? racing.restarting() : racing).learn(samples);
            assertThat(actual).hasSize(expected.size());
            for (int k = 0; k < expected.size(); k++) {
                assertThat(actual.get(k))
                        .as("%s, round %d, seed %d", settings, k, SEED)
                        .isEqualTo(expected.get(k)[0]);
            }
        }
    }

    private static List<ReplicaSettings> settings(String optimizer) {
        Merge outer = Merge.outer(new Nesterov(0.5), 0.7);
        List<ReplicaSettings> all = new ArrayList<>();
        for (Slots slots : Slots.values()) {
            all.add(new ReplicaSettings(REPLICAS, 45, 0, outer, slots));
            all.add(new ReplicaSettings(REPLICAS, 45, 1, Merge.mean(), slots));
            all.add(new ReplicaSettings(REPLICAS, 45, 1, Merge.sum(), slots, Transfer.BFLOAT16));
            all.add(new ReplicaSettings(REPLICAS, 45, 3, Merge.adaptive(), slots));
            all.add(new ReplicaSettings(REPLICAS, 45, 3, outer, slots));
        }
        ModelSpec alone = ModelCases.of("linear", new BinaryCrossEntropy(), optimizer);
        all.removeIf(each -> ReplicaSpec.misfit(alone, each) != null);
        return all;
    }

    /** Returns three specifications, which differ in everything that may change and has a number. */
    private static List<ModelSpec> specs(String optimizer, String model, ReplicaSettings settings) {
        return List.of(
                spec(
                        optimizer,
                        model,
                        0.05,
                        replicas(settings, 45, "momentum: 0.5, learningRate: 0.7"),
                        "batch: {size: 8}",
                        "schedule: {type: inverse, tau: 100, power: 0.5}"),
                spec(
                        optimizer,
                        model,
                        0.02,
                        replicas(settings, 30, "momentum: 0.3, learningRate: 0.9"),
                        "batch: {size: 3}",
                        "schedule: {type: step, every: 20}",
                        "clip: {value: 0.3, norm: 0.5}",
                        "regularization: {l2: 1e-2}"),
                spec(
                        optimizer,
                        model,
                        0.04,
                        replicas(settings, 60, "momentum: 0.6, learningRate: 0.8"),
                        "batch: {size: 1}",
                        "schedule: {type: constant, warmup: 500}"));
    }

    private static String replicas(ReplicaSettings settings, int period, String numbers) {
        String name = settings.merge().name();
        return "replicas: {count: %d, period: %d, staleness: %d, merge: {type: %s%s}, slots: %s, transfer: %s}"
                .formatted(
                        REPLICAS,
                        period,
                        settings.staleness(),
                        name,
                        name.equals("nesterov") ? ", " + numbers : "",
                        settings.slots().name().toLowerCase(Locale.ROOT),
                        settings.transfer().name().toLowerCase(Locale.ROOT));
    }

    private static ModelSpec spec(String optimizer, String model, double rate, String... more) {
        String yaml =
                ModelCases.of(model, new BinaryCrossEntropy(), optimizer, more).toYaml();
        return ModelSpec.parse(yaml.replace("learningRate: 0.05", "learningRate: " + rate));
    }

    private static ReplicaSettings replicas(ModelSpec spec) {
        return Objects.requireNonNull(spec.replicas());
    }

    private static RacingReplicas racing(List<ModelSpec> specs, long seed) {
        Learner first = new Learner(specs.get(0));
        return new RacingReplicas(first, replicas(specs.get(0)), first.start(), seed)
                .announcing(SECOND, specs.get(1))
                .announcing(THIRD, specs.get(2));
    }

    private static List<List<Sample>> deal(List<Sample> samples) {
        return IntStream.range(0, REPLICAS)
                .mapToObj(r -> samples.stream()
                        .filter(sample -> sample.partition() == r)
                        .toList())
                .toList();
    }

    /** Sums of gradients are in another order than in a large batch, so parameters are equal only up to rounding. */
    @ParameterizedTest
    @MethodSource("cases")
    void merged_gradients_learn_like_one_learner_whose_batch_changes(String optimizer, String model) {
        List<ModelSpec> specs = gradients(optimizer, model, 8, 16);
        List<List<Sample>> samples = new ArrayList<>();
        for (List<Sample> each : deal(ModelCases.samples(specs.get(0), REPLICAS * 160, SEED))) {
            samples.add(each.stream()
                    .map(sample -> PlainReplicas.unscaled(
                            sample, new Sample.Position(sample.partition(), sample.offset(), sample.eventTime(), 0)))
                    .toList());
        }
        Learner first = new Learner(specs.get(0));
        RacingReplicas racing = new RacingReplicas(first, replicas(specs.get(0)), first.start(), SEED)
                .announcing(SECOND, specs.get(1))
                .restarting();
        racing.learn(samples);

        List<Learner> large = gradients(optimizer, model, REPLICAS * 8, REPLICAS * 16).stream()
                .map(Learner::new)
                .toList();
        LearnerState expected = large.get(0).start();
        for (int i = 0; i < 160; i++) {
            for (List<Sample> each : samples) {
                large.get(i < SECOND * 8 ? 0 : 1).learn(expected, each.get(i));
            }
        }
        LearnerState merged = racing.merged.merged();
        assertThat(merged.updates()).isEqualTo(expected.updates()).isEqualTo(SECOND + (160 - SECOND * 8) / 16);
        for (int i = 0; i < merged.weights().parameters().length; i++) {
            assertThat(merged.weights().parameters()[i])
                    .as("seed %d, parameter %d", SEED, i)
                    .isCloseTo(expected.weights().parameters()[i], within(1e-6f));
        }
    }

    private static List<ModelSpec> gradients(String optimizer, String model, int before, int after) {
        String replicas = "replicas: {count: 4, staleness: 0, merge: gradient, slots: local}";
        return List.of(
                spec(optimizer, model, 0.05, replicas, "batch: {size: " + before + "}", "clip: {norm: 0.5}"),
                spec(optimizer, model, 0.02, replicas, "batch: {size: " + after + "}"));
    }

    /** Rounds are skipped, and late contributions are of an earlier specification than the round that merges them. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void every_replica_learns_a_round_with_the_same_specification(int staleness) {
        List<ModelSpec> specs = constantRates(staleness);
        List<List<Sample>> samples = deal(ModelCases.samples(specs.get(0), 4000, SEED));
        int late = 0;
        for (long seed = SEED; seed < SEED + 8; seed++) {
            RacingReplicas racing = racing(specs, seed).closingEarly(3).restarting();
            racing.learn(samples);
            racing.finish();
            assertThat(racing.merged.merged().lineage().position()).isEqualTo(4000);
            for (Contribution each : racing.contributed) {
                assertOfItsRound(each, specs, staleness, seed);
            }
            late += (int) racing.log.stream()
                    .filter(point -> point.members().stream().anyMatch(member -> isLate(member, point, staleness)))
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

    private static boolean isLate(Member member, MergedPoint point, int staleness) {
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
                    Closing closing = new Closing(reducing.available(), announced(specs, round));
                    MergedPoint point = reducer.close(reducing, closing, losses -> {});
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
