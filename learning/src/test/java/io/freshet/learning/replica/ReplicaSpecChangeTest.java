package io.freshet.learning.replica;

import static io.freshet.learning.replica.ChangedSpecs.REPLICAS;
import static io.freshet.learning.replica.ChangedSpecs.SECOND;
import static io.freshet.learning.replica.ChangedSpecs.THIRD;
import static io.freshet.learning.replica.ChangedSpecs.deal;
import static io.freshet.learning.replica.ChangedSpecs.racing;
import static io.freshet.learning.replica.ChangedSpecs.replicas;
import static io.freshet.learning.replica.ChangedSpecs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.freshet.learning.TestSpecs;
import io.freshet.learning.features.Sample;
import io.freshet.learning.learner.Learner;
import io.freshet.learning.learner.LearnerState;
import io.freshet.learning.loss.BinaryCrossEntropy;
import io.freshet.learning.model.ModelCases;
import io.freshet.learning.spec.Merge;
import io.freshet.learning.spec.ModelSpec;
import io.freshet.learning.spec.ReplicaRules;
import io.freshet.learning.spec.ReplicaSettings;
import io.freshet.learning.spec.Slots;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Would catch a round that is learned with one specification and merged with another, or that changes too early or too late. */
class ReplicaSpecChangeTest {
    private static final long SEED = 20261128;

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
            List<List<Sample>> samples = deal(ModelCases.samples(specs.get(0), REPLICAS * 112, SEED));
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
        List<ReplicaSettings> all = new ArrayList<>();
        for (Slots slots : Slots.values()) {
            for (int staleness : new int[] {0, 1, 3}) {
                all.add(new ReplicaSettings(REPLICAS, 12, staleness, Merge.MEAN, slots));
            }
        }
        ModelSpec alone = ModelCases.of("linear", new BinaryCrossEntropy(), optimizer);
        all.removeIf(each -> ReplicaRules.misfit(alone, each) != null);
        return all;
    }

    /** Returns three specifications, which differ in everything that may change and has a number. */
    private static List<ModelSpec> specs(String optimizer, String model, ReplicaSettings settings) {
        return List.of(
                spec(
                        optimizer,
                        model,
                        0.05,
                        replicasYaml(settings, 12),
                        "batch: {size: 8}",
                        "schedule: {type: inverse, tau: 25, power: 0.5}"),
                spec(
                        optimizer,
                        model,
                        0.02,
                        replicasYaml(settings, 8),
                        "batch: {size: 3}",
                        "schedule: {type: step, every: 4}",
                        "clip: {value: 0.3, norm: 0.5}",
                        "regularization: {l2: 1e-2}"),
                spec(
                        optimizer,
                        model,
                        0.04,
                        replicasYaml(settings, 16),
                        "batch: {size: 1}",
                        "schedule: {type: constant, warmup: 100}"));
    }

    private static String replicasYaml(ReplicaSettings settings, int period) {
        return "replicas: {count: %d, period: %d, staleness: %d, slots: %s}"
                .formatted(
                        REPLICAS,
                        period,
                        settings.staleness(),
                        settings.slots().name().toLowerCase(Locale.ROOT));
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
}
